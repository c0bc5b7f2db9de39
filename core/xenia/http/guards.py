"""Enforces what each route's guard says. One function, at the application's edge: a route can't forget it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from litestar.connection import ASGIConnection, Request
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler

from xenia.context import Actor, ActorKind, Context, user_actor
from xenia.errors import Forbidden, NotFound, NotSignedIn, XeniaError
from xenia.http.console import console_root
from xenia.http.models import Caller, Guard, GuardKind
from xenia.http.state import Connection, context_of, kernel_of, state_of, tenant_of
from xenia.journeys.models import Outcome, Requirement, Resume
from xenia.plugin.registry import CORE
from xenia.security.csrf import check_origin
from xenia.sessions.models import Session

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeeded(XeniaError):
    """A person must sign in (again) first; ``answer`` leads there."""

    code, status = "sign_in_needed", 303

    def __init__(self, answer: Any) -> None:
        super().__init__("sign-in needed")
        self.answer = answer


async def enforce(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let the request pass, or raise."""
    guard: Guard | None = (handler.opt or {}).get("guard")
    if guard is None:
        _of_the_framework(connection)
        return
    match guard.kind:
        case GuardKind.PUBLIC:
            await _same_site(connection, guard)
        case GuardKind.SESSION:
            await _same_site(connection, guard)
            await _session(connection, guard)
        case GuardKind.BEARER:
            await _bearer(connection, guard)
        case GuardKind.CONSOLE:
            await _same_site(connection, guard)
            await _console(connection, guard, (handler.opt or {}).get("plugin", CORE))


def _of_the_framework(connection: Connection) -> None:
    """The framework itself answers ``OPTIONS`` with the methods of a path, and nothing else: our own routes have guards."""
    if connection.scope["method"] != "OPTIONS":  # type: ignore[typeddict-item]  # guards run for HTTP only
        raise Forbidden("a route without a guard")


async def _same_site(connection: Connection, guard: Guard) -> None:
    """An unsafe request must come from a page of ours (Fetch metadata, ``Origin``), or carry the browser's token."""
    method = connection.scope["method"]  # type: ignore[typeddict-item]  # guards run for HTTP only
    if guard.cross_site or method in SAFE:
        return
    state = state_of(connection)
    valid = kernel_of(connection).csrf.valid(state["browser"], await _token(connection)) if state["browser"] else False
    if not check_origin(method, connection.headers, _own_origin(connection, guard), token_valid=valid):
        raise Forbidden("a request from another site")


async def _token(connection: Connection) -> str:
    if given := connection.headers.get("x-csrf-token"):
        return given
    request = cast("Request[Any, Any, Any]", connection)
    if request.content_type[0] not in {RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART}:
        return ""
    return str((await request.form()).get("csrf", ""))


def _own_origin(connection: Connection, guard: Guard) -> str:
    tenant = tenant_of(connection)
    is_console = guard.kind is GuardKind.CONSOLE
    return _origin(console_root(kernel_of(connection).settings, tenant) if is_console else tenant.issuer)


def _origin(issuer: str) -> str:
    return "/".join(issuer.split("/", 3)[:3])


async def _session(connection: Connection, guard: Guard) -> None:
    """Somebody is signed in, recently and strongly enough; else the way to sign in, and back to this page."""
    request = cast("Request[Any, Any, Any]", connection)
    requirement = Requirement(
        max_age=guard.max_age, acr_values=(guard.acr,) if guard.acr else (), acr_essential=bool(guard.acr)
    )
    found = await kernel_of(connection).journeys.require(
        request, requirement, Resume("page", {"path": _way_back(request)})
    )
    if isinstance(found, Session):
        state = state_of(connection)
        state["session"] = found
        state["context"] = context = context_of(connection).acting(user_actor(found.tenant, found.user_id))
        state["user"] = user = await kernel_of(connection).users.get(context, found.user_id)
        state["who"] = user.name if user else ""
        return
    if isinstance(found, Outcome):
        raise NotSignedIn(found)
    raise SignInNeeded(found)


def _way_back(request: Request[Any, Any, Any]) -> str:
    """The page to return to: this one, or for a form the page it stands on."""
    if request.method in SAFE:
        query = request.scope["query_string"].decode("latin-1")
        return request.scope["path"] + (f"?{query}" if query else "")
    return request.scope["path"].rsplit("/", 1)[0] or "/account"


async def _bearer(connection: Connection, guard: Guard) -> None:
    """An access token of this tenant, meant for its API, whose scope and whose person allow it (RFC 6750)."""
    kernel, context = kernel_of(connection), context_of(connection)
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    claims = await kernel.tokens.verify_access(context, token) if scheme.lower() == "bearer" and token else None
    if claims is None or tenant_of(connection).issuer not in claims.audience:
        raise NotSignedIn("no valid access token")
    application = await kernel.applications.get(context, claims.application)
    if application is None or not application.enabled:
        raise NotSignedIn("the token's application is off")
    state = state_of(connection)
    state["caller"] = Caller(application=claims.application, user_id=claims.user_id, scope=frozenset(claims.scope))
    state["context"] = context = context.acting(
        _actor(claims.user_id, claims.application, claims.tenant)
    ).for_application(claims.application)
    if guard.permission not in claims.scope:
        raise Forbidden(f"the token's scope lacks {guard.permission}")
    if claims.user_id is not None:
        await kernel.access.require(context, guard.permission)


def _actor(user_id: UUID | None, application: str, tenant: str) -> Actor:
    return user_actor(tenant, user_id) if user_id else Actor(ActorKind.APPLICATION, application, tenant)


async def _console(connection: Connection, guard: Guard, plugin: str) -> None:
    """An administrator who may do this in the tenant that the path names; nobody signed in is led to the sign-in from a page."""
    kernel = kernel_of(connection)
    for name, consoles in kernel.registry.console_sessions.of(tenant_of(connection).plugins).items():
        context = await consoles.administrator(connection)
        if context is not None:
            state_of(connection)["context"] = context
            if guard.permission:
                await kernel.access.require(context, guard.permission)
            if plugin not in (CORE, kernel.registry.console_sessions.owner(name)):
                await _is_on(connection, context, plugin)
            return
        if connection.scope["method"] in SAFE:  # type: ignore[typeddict-item]  # guards run for HTTP only
            raise SignInNeeded(await consoles.sign_in(connection))
    raise NotSignedIn("no administrator")


async def _is_on(connection: Connection, context: Context, plugin: str) -> None:
    """A plugin's page is there for the tenants that have it on. Asked last: nobody else learns what a tenant has."""
    managed = await kernel_of(connection).tenants.get(context.tenant)
    if managed is None or not managed.has(plugin):
        raise NotFound(f"the plugin {plugin} is off")
