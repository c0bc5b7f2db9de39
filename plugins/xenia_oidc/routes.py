"""The addresses below the issuer: pages by the framework, endpoints for programs before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.connection import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from xenia.api import BadRequest, HotRoute, Page, Redirect, path_below, public, text
from xenia_oidc import consent, respond
from xenia_oidc.authorize.endpoint import OidcProtocol, as_query
from xenia_oidc.calls import hot_route
from xenia_oidc.discovery import Discovery
from xenia_oidc.introspection import Introspection
from xenia_oidc.keys import KeySet
from xenia_oidc.logout import Logout
from xenia_oidc.provider import Provider
from xenia_oidc.revocation import Revocation
from xenia_oidc.token.endpoint import TokenEndpoint
from xenia_oidc.userinfo import UserInfo

Browser = Request[Any, Any, Any]
_FORM = "application/x-www-form-urlencoded"
_MOST_FORWARDED = 16_384

AUTHORIZE = public("The authorization endpoint: an application sends people here to sign in.")
POSTED = public(
    "A posted request of an application is turned into the same GET; nothing else happens.", cross_site=True
)
CONSENT = public("Found by a handle and answered only in the session that it was made for.")
FORM_POST = public("Found by a handle, once.")
LOGOUT = public("An application's wish to sign out: needs a hint of ours, or asks the person.")
CONFIRM = public("The person's answer to that question: found by a handle, same-site only.")
SIGNED_OUT = public("Says that one is signed out; changes nothing.")
PROGRAMS = "Programs prove who they are by the request itself."


def page_routes(provider: Provider) -> Sequence[BaseRouteHandler]:
    """The routes that browsers visit."""
    protocol, logout = OidcProtocol(provider), Logout(provider)

    @get("/oauth/authorize", opt={"guard": AUTHORIZE})
    async def authorize(request: Browser) -> Response[Any]:
        return await protocol.authorize(request, request.scope["query_string"].decode("latin-1"))

    @post("/oauth/authorize", opt={"guard": POSTED})
    async def authorize_posted(request: Browser) -> Response[Any]:
        return Redirect(f"{path_below(request, '/oauth/authorize')}?{await _forwarded(request)}")

    @get("/oauth/consent/{handle:str}", opt={"guard": CONSENT})
    async def ask_consent(request: Browser, handle: FromPath[str]) -> Response[Any]:
        return await consent.show(provider, request, handle)

    @post("/oauth/consent/{handle:str}", opt={"guard": CONSENT}, status_code=200)
    async def decide_consent(request: Browser, handle: FromPath[str]) -> Response[Any]:
        agreed = (await request.form()).get("action") == "allow"
        return await consent.decide(provider, protocol, request, handle, agreed=agreed)

    @get("/oauth/form-post/{handle:str}", opt={"guard": FORM_POST})
    async def form_post(request: Browser, handle: FromPath[str]) -> Response[Any]:
        return await respond.stored_form(provider, request, handle)

    @get("/oauth/logout", opt={"guard": LOGOUT})
    async def begin_logout(request: Browser) -> Response[Any]:
        return await logout.begin(request, request.scope["query_string"])

    @post("/oauth/logout", opt={"guard": POSTED})
    async def logout_posted(request: Browser) -> Response[Any]:
        return Redirect(f"{path_below(request, '/oauth/logout')}?{await _forwarded(request)}")

    @post("/oauth/logout/confirm", opt={"guard": CONFIRM}, status_code=200)
    async def confirm_logout(request: Browser) -> Response[Any]:
        return await logout.confirm(request, str((await request.form()).get("request", "")))

    @get("/oauth/signed-out", opt={"guard": SIGNED_OUT})
    async def signed_out() -> Response[Any]:
        return Page("auth/signed_out.html", {}, title=text("oidc.signed_out.title"))

    return (
        authorize,
        authorize_posted,
        ask_consent,
        decide_consent,
        form_post,
        begin_logout,
        logout_posted,
        confirm_logout,
        signed_out,
    )


async def _forwarded(request: Browser) -> str:
    """The posted form as a query: browsers send our cookies with a GET from another site, not with a POST."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise BadRequest("a form is wanted")
    query = as_query(await request.body())
    if len(query) > _MOST_FORWARDED:
        raise BadRequest("a request that large can't be passed on")
    return query


def hot_routes(provider: Provider) -> Sequence[HotRoute]:
    """The routes that programs call."""
    get_only, post_only = frozenset({"GET", "HEAD"}), frozenset({"POST"})
    metadata = Discovery(provider)
    return (
        hot_route("/.well-known/openid-configuration", get_only, metadata, "Public metadata.", any_origin=True),
        hot_route("/.well-known/oauth-authorization-server", get_only, metadata, "Public metadata.", any_origin=True),
        hot_route("/oauth/keys", get_only, KeySet(provider), "Public keys.", any_origin=True),
        hot_route("/oauth/token", post_only, TokenEndpoint(provider), PROGRAMS),
        hot_route("/oauth/introspect", post_only, Introspection(provider), PROGRAMS),
        hot_route("/oauth/revoke", post_only, Revocation(provider), PROGRAMS),
        hot_route("/oauth/userinfo", frozenset({"GET", "POST"}), UserInfo(provider), "Needs an access token."),
    )
