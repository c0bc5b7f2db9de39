"""The guarded way out: every connection to an address that somebody else may have chosen goes through here.

A name is resolved once, all of its addresses are judged, and the connection goes to the judged address, so that a
name which changes its mind gains nothing (server-side request forgery, DNS rebinding).

::

    Unavailable
    └── OutgoingFailed       a connection or request to the outside failed
        ├── DialRefused          not a public address, or no plain host name
        ├── OutgoingTimeout      no answer in time
        └── AnswerTooLarge       the answer is longer than the limit, or compressed
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl as tls
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Protocol

from xenia.errors import Unavailable
from xenia.security.addresses import Address, is_public, unwrapped

if TYPE_CHECKING:
    from xenia.security.outgoing import GuardedClient

TIMEOUT = 5.0
MAX_BODY = 1 << 20

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class OutgoingFailed(Unavailable):
    """A connection or request to the outside failed."""

    code = "outgoing"


class DialRefused(OutgoingFailed):
    """The destination may not be reached from here."""

    code = "dial_refused"


class OutgoingTimeout(OutgoingFailed):
    """No connection, or no whole answer, in time."""

    code = "outgoing_timeout"


class AnswerTooLarge(OutgoingFailed):
    """The answer is longer than the limit, or in a coding whose length can't be known beforehand."""

    code = "answer_too_large"


class AllowedNetwork(Protocol):
    """A private network and the one port on it that the operator opened."""

    @property
    def network(self) -> IPv4Network | IPv6Network:
        """The network."""

    @property
    def port(self) -> int:
        """The port."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the operating system gives them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Dialer:
    """Opens connections to public addresses, and to those the operator listed.

    ``allow``: networks with a port, set by the operator and never by a tenant. ``development`` adds loopback and plain
    http. ``resolver`` is the system's, except in tests.
    """

    def __init__(
        self,
        allow: Sequence[AllowedNetwork] = (),
        *,
        development: bool = False,
        resolver: Resolver = system_resolver,
    ) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver
        self.development = development

    async def resolve(self, host: str, port: int) -> list[Address]:
        """The addresses to connect to; ``DialRefused`` if one of them, or the host's spelling, is out of bounds."""
        if not 0 < port < 65536:
            raise DialRefused(f"not a port: {port}")
        literal = _literal(host)
        found = [literal] if literal else await self._look_up(host, port)
        return list(dict.fromkeys(self._judged(address, port) for address in found))

    async def open_socket(self, host: str, port: int, *, timeout: float = TIMEOUT) -> socket.socket:  # noqa: ASYNC109
        """A connected, non-blocking socket, for libraries that take one (SMTP, LDAP); ``OutgoingFailed`` on failure."""
        try:
            async with asyncio.timeout(timeout):
                return await self._first_that_answers(host, port)
        except TimeoutError as error:
            raise OutgoingTimeout(f"{host}:{port} did not answer in {timeout} s") from error

    async def connect(
        self,
        host: str,
        port: int,
        ssl: tls.SSLContext | None = None,
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A stream, over TLS if ``ssl`` is given: the certificate must be for ``host``, whatever the address."""
        connected = await self.open_socket(host, port, timeout=timeout)
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.open_connection(sock=connected, ssl=ssl, server_hostname=host if ssl else None)
        except TimeoutError as error:
            connected.close()
            raise OutgoingTimeout(f"{host}:{port} did not finish TLS in {timeout} s") from error
        except OSError as error:
            connected.close()
            raise OutgoingFailed(f"{host}:{port}: {error}") from error

    def http_client(
        self, *, timeout: float = TIMEOUT, max_body: int = MAX_BODY, plain_http: bool | None = None
    ) -> GuardedClient:
        """A client for HTTP on top of this dialer; see ``outgoing``.

        ``plain_http``: whether ``http:`` is spoken; only in development unless the operator configured the address.
        """
        # Imported here: the HTTP library is slow to import and most commands never call out.
        from xenia.security.outgoing import GuardedClient

        plain_http = self.development if plain_http is None else plain_http
        return GuardedClient(self, timeout=timeout, max_body=max_body, plain_http=plain_http)

    async def _look_up(self, host: str, port: int) -> list[Address]:
        if not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise DialRefused(f"not a plain host name: {host!r}")
        try:
            found = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise OutgoingFailed(f"{host!r} can't be resolved: {error}") from error
        if not found:
            raise OutgoingFailed(f"{host!r} has no address")
        return [ip_address(one) for one in found]

    def _judged(self, address: Address, port: int) -> Address:
        address = unwrapped(address)
        if not (is_public(address) or self._is_listed(address, port) or (self.development and address.is_loopback)):
            raise DialRefused(f"{address} port {port} is not public and not in outgoing_allow")
        return address

    def _is_listed(self, address: Address, port: int) -> bool:
        if isinstance(address, IPv6Address) and address.scope_id:
            return False
        return any(port == one.port and address in one.network for one in self._allow)

    async def _first_that_answers(self, host: str, port: int) -> socket.socket:
        problem: OSError | None = None
        for address in await self.resolve(host, port):
            try:
                return await _connected(address, port)
            except OSError as error:
                problem = error
        raise OutgoingFailed(f"{host}:{port}: {problem}") from problem


async def _connected(address: Address, port: int) -> socket.socket:
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, (str(address), port))
    except BaseException:
        made.close()
        raise
    return made


def _literal(host: str) -> Address | None:
    """An address in its plain spelling. Decimal, octal, hexadecimal and shortened forms are none, nor names."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return address if host.isascii() else None
