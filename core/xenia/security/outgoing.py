"""HTTP to the outside, over the guarded dialer: webhooks, key sets, metadata, back-channel calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import httpcore2
import httpx2

from xenia.security.dialer import AnswerTooLarge, Dialer, DialRefused, OutgoingFailed, OutgoingTimeout

# What belongs to one origin and is not carried to another by a redirect.
_BOUND_HEADERS = ("authorization", "cookie", "proxy-authorization", "dpop")
_POOL = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30)


class GuardedClient:
    """Sends requests to public addresses only, and reads no more of an answer than ``max_body`` bytes.

    ``timeout`` (seconds) covers a whole exchange, redirects included. It uses no proxy or certificate from the
    environment and keeps no cookies, so that one client serves all tenants.
    """

    def __init__(
        self,
        dialer: Dialer,
        *,
        timeout: float,
        max_body: int,
        plain_http: bool = False,
        ssl_context: SSLContext | None = None,
    ) -> None:
        self._schemes = ("https", "http") if plain_http else ("https",)
        self._timeout = timeout
        self._max_body = max_body
        self._client = httpx2.AsyncClient(
            transport=_GuardedTransport(dialer, ssl_context or httpx2.create_ssl_context(trust_env=False)),
            timeout=timeout,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": "xenia", "accept-encoding": "identity"},
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        data: Mapping[str, Any] | None = None,
        json: Any = None,
        follow: int = 0,
    ) -> httpx2.Response:
        """The answer, whatever its status, read whole.

        One of ``content``, ``data`` (a form) and ``json`` may be given. Up to ``follow`` redirects of a GET or HEAD
        are followed, each to a destination judged anew. ``OutgoingFailed`` on any failure.
        """
        with _translated():
            request = self._client.build_request(method, url, headers=headers, content=content, data=data, json=json)
        async with self._deadline(request):
            response = await self._exchange(request)
            while follow and response.has_redirect_location and method in ("GET", "HEAD"):
                response = await self._exchange(self._redirected(response))
                follow -= 1
            return response

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None, follow: int = 0) -> httpx2.Response:
        """``request`` with GET."""
        return await self.request("GET", url, headers=headers, follow=follow)

    async def post(self, url: str, **body: Any) -> httpx2.Response:
        """``request`` with POST; takes its ``headers`` and one of ``content``, ``data`` and ``json``."""
        return await self.request("POST", url, **body)

    async def aclose(self) -> None:
        """Close the connections kept alive."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @asynccontextmanager
    async def _deadline(self, request: httpx2.Request) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except TimeoutError as error:
            raise OutgoingTimeout(f"{request.url.host} gave no whole answer in {self._timeout} s") from error

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        self._check(request.url)
        with _translated():
            response = await self._client.send(request, stream=True)
            try:
                body = await self._read(response)
            finally:
                await response.aclose()
        return httpx2.Response(response.status_code, headers=response.headers, content=body, request=request)

    def _check(self, url: httpx2.URL) -> None:
        if url.scheme not in self._schemes:
            raise DialRefused(f"not a scheme for outgoing requests: {url.scheme!r}")
        if url.userinfo:
            raise DialRefused("an address with a user name or password in it")

    async def _read(self, response: httpx2.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise AnswerTooLarge("a compressed answer, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._max_body:
                raise AnswerTooLarge(f"an answer of more than {self._max_body} bytes")
        return bytes(body)

    def _redirected(self, response: httpx2.Response) -> httpx2.Request:
        before = response.request
        with _translated():
            target = before.url.join(response.headers["location"])
        if before.url.scheme == "https" and target.scheme != "https":
            raise DialRefused("a redirect from https to something less")
        headers = dict(before.headers)
        del headers["host"]
        if _origin(target) != _origin(before.url):
            headers = {name: value for name, value in headers.items() if name not in _BOUND_HEADERS}
        return self._client.build_request(before.method, target, headers=headers)


class _GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that the dialer judged; the name stays in ``Host`` and in TLS."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the base class's parameter
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        problem: Exception = httpcore2.ConnectError("no address")
        for address in await self._dialer.resolve(host, port):
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
        raise problem

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise DialRefused(f"a socket file: {path!r}")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


class _GuardedTransport(httpx2.AsyncHTTPTransport):
    """The library's transport on a pool with our network below.

    The base class's constructor is left out on purpose: it would make a pool with the open network, and a renamed
    attribute then fails instead of going out unguarded.
    """

    def __init__(self, dialer: Dialer, ssl_context: SSLContext) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=_POOL.max_connections,
            max_keepalive_connections=_POOL.max_keepalive_connections,
            keepalive_expiry=_POOL.keepalive_expiry,
            network_backend=_GuardedBackend(dialer),
        )


class _translated:  # noqa: N801  reads like a clause: ``with _translated():``
    """Any failure of the library, or of a malformed address, as an ``OutgoingFailed``."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, httpx2.TimeoutException):
            raise OutgoingTimeout(str(error)) from error
        if isinstance(error, (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError)) and not _is_deadline(error):
            raise OutgoingFailed(f"{type(error).__name__}: {error}") from error


def _is_deadline(error: BaseException) -> bool:
    return isinstance(error, TimeoutError)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
