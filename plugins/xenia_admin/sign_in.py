"""Into the console and out of it: the provider's answer, and the two ways to leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from xenia.api import (
    SYSTEM_TENANT,
    Context,
    Forbidden,
    Host,
    NewEvent,
    NotFound,
    Object,
    Page,
    Redirect,
    Session,
    console,
    console_root,
    context_of,
    parse_id,
    path_below,
    public,
    same_origin_path,
    tenant_of,
    text,
    user_actor,
)
from xenia_admin import events
from xenia_admin.administrators import ATTEMPT_KIND, Gate
from xenia_admin.cookies import Cookie, give, given
from xenia_admin.openid import Attempt, Identity, SignInFailed
from xenia_admin.registration import CALLBACK, CLIENT_ID, SIGNED_OUT, own_client
from xenia_admin.sessions import SYSTEM, digest

Browser = Request[Any, Any, Any]
ANSWER = public("The provider's answer: good only with what this browser was sent away with, once.")
GONE = public("Says that one is signed out; changes nothing.")


def routes(host: Host, gate: Gate) -> list[BaseRouteHandler]:
    """The callback of the sign-in, and signing out."""

    @get(CALLBACK, opt={"guard": ANSWER})
    async def callback(request: Browser) -> Response[Any]:
        _only_here(request)
        attempt = await _attempt(host, request)
        client = await own_client(host, tenant_of(request))
        identity = await client.identity(attempt, dict(request.query_params))
        session = await _session(host, identity)
        await _admit(host, gate, request, session)
        give(request, Cookie.SESSION, await gate.browsers.begin(session.user_id, session.id, identity.id_token))
        return Redirect(path_below(request, same_origin_path(attempt.path) or "/console"))

    @post("/console/sign-out", opt={"guard": console("")}, status_code=200)
    async def sign_out(request: Browser) -> Response[Any]:
        """End the console's session here, then the one it stands on at the provider (RP-Initiated Logout)."""
        client = await own_client(host, tenant_of(request))
        back = console_root(host.settings, tenant_of(request)) + SIGNED_OUT
        id_token = await gate.browsers.end(given(request, Cookie.SESSION))
        give(request, Cookie.SESSION, "")
        await _record(host, context_of(request), events.SIGNED_OUT)
        return Redirect(await client.end_session(id_token, back))

    @get(SIGNED_OUT, opt={"guard": GONE})
    async def signed_out(request: Browser) -> Response[Any]:
        _only_here(request)
        data = {
            "lead": text("admin.signed_out.lead"),
            "next": {"label": text("admin.signed_out.again"), "href": "/console"},
        }
        return Page("auth/message.html", data, title=text("admin.signed_out.title"))

    return [callback, sign_out, signed_out]


def _only_here(request: Browser) -> None:
    if tenant_of(request).id != SYSTEM_TENANT:
        raise NotFound("the console is served by the tenant of administrators")


async def _attempt(host: Host, request: Browser) -> Attempt:
    """The sign-in that this browser began. Raises ``SignInFailed`` for another browser's, an old one and one that was answered."""
    state = request.query_params.get("state", "")
    stored = await host.one_time.consume(SYSTEM_TENANT, ATTEMPT_KIND, state)
    if stored is None:
        raise SignInFailed("no sign-in is under way")
    attempt = msgspec.json.decode(await host.sealing.open(SYSTEM, ATTEMPT_KIND, "", stored), type=Attempt)
    if digest(given(request, Cookie.ATTEMPT)) != attempt.browser:
        raise SignInFailed("no sign-in of this browser is under way")
    return attempt


async def _session(host: Host, identity: Identity) -> Session:
    """The live session of the tenant ``system`` that the ID token names, of the person that it names."""
    session_id = parse_id(identity.session)
    session = await host.sessions.get(SYSTEM, session_id) if session_id else None
    if session is None or await _person(host, identity) != session.user_id:
        raise SignInFailed("the session of the ID token is over")
    return session


async def _person(host: Host, identity: Identity) -> UUID | None:
    return await host.subjects.user_of(SYSTEM, identity.subject)


async def _admit(host: Host, gate: Gate, request: Browser, session: Session) -> None:
    context = context_of(request).acting(user_actor(SYSTEM_TENANT, session.user_id))
    if await gate.known(session) is None:
        await _record(host, context, events.REFUSED, result="refused")
        raise Forbidden("no administrator", public=text("admin.sign_in.nobody"))
    await _record(host, context, events.SIGNED_IN)


async def _record(host: Host, context: Context, kind: str, *, result: str = "ok") -> None:
    event = NewEvent(type=kind, object=Object("application", CLIENT_ID), person=UUID(context.actor.id), result=result)
    await host.events.record(context, event)
