"""The front: the one ASGI application that stands before the framework.

It finds the tenant by host or path, answers 404 for every method of a route whose plugin is off there, enforces the
body limit, serves the hot endpoints from a table, adds the security headers, and hands the rest to Litestar. Nothing
here is built from a request header but the look-up of the host itself: an unknown host answers 421.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar.connection import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from xenia.context import SYSTEM_TENANT, Context, Source
from xenia.errors import BadRequest, NotFound, XeniaError
from xenia.http.answers import plain_answer
from xenia.http.body import Body
from xenia.http.console import PATH as CONSOLE
from xenia.http.console import is_of_console, own_host
from xenia.http.cookies import LOCALE_SECONDS, Kind, read_cookie, set_cookie
from xenia.http.models import HotRequest, HotRoute
from xenia.http.ready import Key, ReadyAnswers
from xenia.http.routes import RouteOwners
from xenia.log import log
from xenia.security.headers import security_headers
from xenia.security.secrets import digest
from xenia.tenants.models import Tenant, TenantStatus

if TYPE_CHECKING:
    from xenia.app import Kernel

_TENANT_PATH = re.compile(r"/t/([a-z][a-z0-9-]{0,31})(?=/|$)")
_HOST = re.compile(r"[a-z0-9.\-]{1,253}|\[[0-9a-f:.]{2,45}\]")
NOWHERE = "/-/nowhere"
"""A path that nothing serves, whatever the method: asked for it, the framework draws the page that says so."""
_SINGLE = frozenset({b"host", b"content-length", b"authorization", b"origin", b"sec-fetch-site"})
_UNSAFE_PATH = re.compile(r"^(?!/)|%2f|%5c|\\|//|;|/\.{1,2}(/|$)|[\x00-\x1f\x7f]", re.IGNORECASE)


class Misdirected(NotFound):
    """The host is none of ours (RFC 9110 section 15.5.20)."""

    code, status = "misdirected", 421


class Front:
    """Serves HTTP: process-wide answers, hot endpoints, and everything else by ``inner``."""

    def __init__(
        self,
        kernel: Kernel,
        inner: ASGIApp,
        hot: Mapping[str, tuple[str, HotRoute]],
        owners: RouteOwners,
        process: Mapping[str, ASGIApp],
    ) -> None:
        self._kernel = kernel
        self._inner = inner
        self._hot = hot
        self._owners = owners
        self._process = process
        self._ready = ReadyAnswers(kernel.cache)
        self._https = kernel.settings.public_url.startswith("https:")
        self._console_host = own_host(kernel.settings)
        self._public_host = (urlsplit(kernel.settings.public_url).hostname or "").lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == ScopeType.HTTP:
            await self._serve(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    async def _serve(self, scope: Any, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        key = self._ready.key(scope, headers)
        if key and await self._ready.send(key, send):
            return
        request_id = secrets.token_hex(8)
        scope["state"] = {
            "request_id": request_id,
            "form_action": (),
            "cookies": [],
            "session": None,
            "base": "",
            "csrf": "",
        }
        answering = self._completing(scope, send)
        try:
            _refuse_odd_path(scope)
            if found := self._of_process(scope["path"]):
                await found(scope, receive, answering)
                return
            if len(headers) != len(scope["headers"]):
                _refuse_doubled(scope["headers"])
            tenant, base = await self._tenant(scope["path"], headers)
            path = self._path(scope["path"][len(base) :] or "/", headers)
            body = Body(receive, headers, self._kernel.settings.body_limit)
            self._describe(scope, headers, tenant, base)
            if (hot := self._hot.get(path)) and tenant.has(hot[0]):
                await self._serve_hot(hot[1], scope, headers, path, body, key, send)
                return
            if not self._serves(path, tenant):
                if not _is_for_people(path, headers):
                    raise NotFound(f"no route for {path}")
                path = NOWHERE
            is_head = scope["method"] == "HEAD"
            method = "GET" if is_head else scope["method"]
            inner_scope: Any = {**scope, "method": method, "path": path, "raw_path": path.encode(), "root_path": base}
            await self._inner(inner_scope, body.receive, _without_body(answering) if is_head else answering)
        except XeniaError as problem:
            await plain_answer(problem, scope, answering)
        except Exception as problem:  # noqa: BLE001  the last edge: nothing may leave without an answer
            log.error("request_failed", path=scope["path"], request_id=request_id, problem=repr(problem))
            await plain_answer(XeniaError(repr(problem)), scope, answering)

    def _of_process(self, path: str) -> ASGIApp | None:
        """Answers that belong to no tenant: health, metrics, static files."""
        return self._process.get(path) or self._process.get("/" + path.split("/", 2)[1] + "/")

    async def _tenant(self, path: str, headers: Mapping[bytes, bytes]) -> tuple[Tenant, str]:
        """The tenant by path (below the public address) or by host, and the path prefix to strip."""
        host = _host(headers.get(b"host", b""))
        if host == self._console_host:
            return await self._console(path), ""
        if named := _TENANT_PATH.match(path):
            if host != self._public_host:
                raise Misdirected(f"host {host}")
            tenant, base = await self._kernel.tenants.get(named[1]), named[0]
            own = tenant is not None and urlsplit(tenant.issuer).path == base
        else:
            tenant, base = await self._kernel.tenants.by_host(host), ""
            own = tenant is not None
            if tenant is None and host != self._public_host:
                raise Misdirected(f"host {host}")
        if tenant is None or not own or tenant.status is not TenantStatus.ACTIVE:
            raise NotFound("no such tenant")
        return tenant, base

    def _serves(self, path: str, tenant: Tenant) -> bool:
        """Whether anything stands there; the console stands at the tenant of administrators alone."""
        if f"{path}/".startswith(f"{CONSOLE}/") and tenant.id != SYSTEM_TENANT:
            return False
        return self._owners.serves(path, tenant.plugins)

    def _path(self, path: str, headers: Mapping[bytes, bytes]) -> str:
        """The path below the tenant; the console's own host begins with the console."""
        return CONSOLE if path == "/" and _host(headers.get(b"host", b"")) == self._console_host else path

    async def _console(self, path: str) -> Tenant:
        """The tenant of administrators, at the console's own host; where its issuer stands there too, all of it."""
        system = await self._kernel.tenants.get(SYSTEM_TENANT)
        if system is None or not (is_of_console(path) or urlsplit(system.issuer).hostname == self._console_host):
            raise NotFound("only the console is served here")
        return system

    def _describe(self, scope: Any, headers: Mapping[bytes, bytes], tenant: Tenant, base: str) -> None:
        """Put what the rest of the house needs into the request's state."""
        peer = scope["client"][0] if scope.get("client") else None
        address = self._kernel.proxies.client(peer, scope["headers"])
        scope["headers"] = self._kernel.proxies.strip(peer, scope["headers"])
        browser = read_cookie(headers.get(b"cookie", b""), Kind.BROWSER, tenant)
        state = scope["state"]
        locale = self._locale(scope, headers, tenant)
        agent = headers.get(b"user-agent", b"").decode("latin-1")[:300]
        source = Source(address, agent, state["request_id"], digest(browser).hex() if browser else "")
        state |= {
            "tenant": tenant,
            "tenant_title": tenant.title,
            "base": base,
            "browser": browser,
            "csrf": self._kernel.csrf.token(browser) if browser else "",
            "context": Context(tenant=tenant.id, locale=locale, source=source),
        }
        if self._kernel.hooks.chooses_locale(tenant.plugins):
            state["context"] = self._in_chosen_locale(scope, tenant)

    def _locale(self, scope: Any, headers: Mapping[bytes, bytes], tenant: Tenant) -> str:
        """``ui_locales``, which is remembered in this browser; then what was remembered, the browser's wish, the tenant's
        own language.
        """
        query = scope["query_string"]
        asked = dict(parse_qsl(query.decode("latin-1"))).get("ui_locales", "") if b"ui_locales=" in query else ""
        chosen = read_cookie(headers.get(b"cookie", b""), Kind.LOCALE, tenant)
        accepted = headers.get(b"accept-language", b"").decode("latin-1")[:200]
        locale = self._kernel.catalogue.negotiate(asked, chosen, accepted, tenant.locale)
        if asked and locale != chosen:
            scope["state"]["cookies"].append(set_cookie(Kind.LOCALE, tenant, locale, seconds=LOCALE_SECONDS))
        return locale

    def _in_chosen_locale(self, scope: Any, tenant: Tenant) -> Context:
        """The context in the language that a plugin chooses, where somebody has written a sentence in it."""
        context: Context = scope["state"]["context"]
        chosen = self._kernel.hooks.choose_locale(tenant.plugins, context, Request(scope))
        locale = self._kernel.catalogue.negotiate(chosen or "", context.locale)
        return msgspec.structs.replace(context, locale=locale)

    async def _serve_hot(
        self,
        route: HotRoute,
        scope: Any,
        headers: Mapping[bytes, bytes],
        path: str,
        body: Body,
        key: Key | None,
        send: Send,
    ) -> None:
        state, generation = scope["state"], self._kernel.cache.generation
        request = HotRequest(
            method=scope["method"],
            path=path,
            query=scope["query_string"],
            headers=headers,
            body=await body.read(),
            context=state["context"],
            tenant=state["tenant"],
        )
        answer = await route.handler(request)
        complete = [*answer.headers, *self._more_headers(state, answer.headers)]
        if route.ready and key and self._kernel.live and not state["cookies"]:
            self._ready.keep(key, generation, answer, complete)
        await send({"type": "http.response.start", "status": answer.status, "headers": complete})
        await send(
            {
                "type": "http.response.body",
                "body": b"" if scope["method"] == "HEAD" else answer.body,
                "more_body": False,
            }
        )

    def _completing(self, scope: Any, send: Send) -> Send:
        """Adds the security headers, and the cookies that were asked for, to the answer."""

        async def completing(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._more_headers(scope["state"], message["headers"])]
            await send(message)

        return completing

    def _more_headers(self, state: Mapping[str, Any], given: Any) -> Sequence[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in given}
        more = security_headers(
            https=self._https,
            form_action=state["form_action"],
            more=state.get("lets_in"),
            no_store=b"cache-control" not in names,
        )
        cookies = [(b"set-cookie", cookie.encode()) for cookie in state["cookies"]]
        return [header for header in more if header[0] not in names] + cookies


def _without_body(send: Send) -> Send:
    """The answer to HEAD: what GET would say, without its body (RFC 9110 section 9.3.2)."""

    async def heads_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
        await send(message)

    return heads_only


def _is_for_people(path: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser asked for a page."""
    return b"text/html" in headers.get(b"accept", b"") and not path.startswith("/api/")


@lru_cache(maxsize=4096)
def _host(header: bytes) -> str:
    """The host of a request without its port, lower case. Raises where it is missing or malformed."""
    raw = header.decode("latin-1").lower()
    name = raw.rpartition(":")[0] if re.search(r":\d{1,5}$", raw) else raw
    if not _HOST.fullmatch(name):
        raise Misdirected("no valid host")
    return name


def _refuse_doubled(headers: Sequence[tuple[bytes, bytes]]) -> None:
    """A header that may stand once is not taken by guess from two (RFC 9112 sections 3.2 and 6.3)."""
    names = [name for name, _ in headers if name in _SINGLE]
    if len(names) != len(set(names)):
        raise BadRequest("a header that may stand once was sent twice")


def _refuse_odd_path(scope: Any) -> None:
    """Paths that two parsers could read differently name nothing here, as they came and as they were decoded: encoded
    slashes, dot segments, parameters, and the line breaks that would end a header.
    """
    raw = scope.get("raw_path") or scope["path"].encode()
    if len(raw) > 2048 or _UNSAFE_PATH.search(raw.decode("latin-1")) or _UNSAFE_PATH.search(scope["path"]):
        raise NotFound("odd path")
