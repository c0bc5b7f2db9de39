"""``/oauth/logout``: an application asks to sign the person out (OpenID Connect RP-Initiated Logout 1.0).

Without a good hint, or with one about another person, the person is asked first (section 2). Back only to a registered
address (section 3).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.api import Context, NotFound, Page, Redirect, Session, context_of, path_below, tenant_of, text
from xenia_oidc.client import Client
from xenia_oidc.errors import OAuthError, page
from xenia_oidc.id_token import Hint, hint_claims
from xenia_oidc.parameters import Parameters
from xenia_oidc.provider import Provider
from xenia_oidc.respond import leads_to, with_parameters

KIND = "olo"
REASON = "application_logout"
_LIFE = timedelta(minutes=10)
Browser = Request[Any, Any, Any]


class LogoutRequest(msgspec.Struct, frozen=True):
    """A request that was checked: whom it is about, and where to go afterwards (``""`` = nowhere but our own page)."""

    location: str = ""
    application: str = ""
    title: str = ""
    hint: Hint | None = None


class Logout:
    """Ends the browser's session, by the application's word or the person's."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def begin(self, request: Browser, raw: bytes) -> Response[Any]:
        """Sign out at once where the hint is about who is signed in; ask otherwise. Raises ``BadRequest``."""
        asked = await self._asked(request, raw)
        session = await self._provider.host.journeys.session(request)
        if session is None or (asked.hint and await self._is_about(context_of(request), asked.hint, session)):
            return await self._finish(request, asked)
        return await self._ask(request, asked)

    async def confirm(self, request: Browser, handle: str) -> Response[Any]:
        """The person agreed; the question counts once."""
        stored = await self._provider.host.one_time.consume(tenant_of(request).id, KIND, handle)
        if stored is None:
            raise NotFound("no such question", public=text("oidc.logout.gone"))
        return await self._finish(request, msgspec.json.decode(stored, type=LogoutRequest))

    async def _asked(self, request: Browser, raw: bytes) -> LogoutRequest:
        try:
            parameters = Parameters.parse(raw).once()
        except OAuthError as problem:
            raise page("parameters") from problem
        hint = await self._hint(request, parameters.get("id_token_hint"))
        client = await self._client(request, parameters.get("client_id"), hint)
        title = client.application.title if client else ""
        return LogoutRequest(_location(parameters, client), client.id if client else "", title, hint)

    async def _hint(self, request: Browser, token: str) -> Hint | None:
        if not token:
            return None
        hint = await hint_claims(self._provider, context_of(request), tenant_of(request), token)
        if hint is None:
            raise page("id_token_hint")
        return hint

    async def _client(self, request: Browser, named: str, hint: Hint | None) -> Client | None:
        """The client, by its name or as the hint's audience; where both are given they must agree."""
        wanted = named or (hint.audience[0] if hint and hint.audience else "")
        if not wanted:
            return None
        client = await self._provider.client(context_of(request), wanted)
        if client is None or (hint and client.id not in hint.audience):
            raise page("client")
        return client

    async def _is_about(self, context: Context, hint: Hint, session: Session) -> bool:
        if hint.session_id == str(session.id):
            return True
        return await self._provider.host.subjects.user_of(context, hint.subject) == session.user_id

    async def _ask(self, request: Browser, asked: LogoutRequest) -> Response[Any]:
        handle = await self._provider.host.one_time.issue(
            tenant_of(request).id, KIND, msgspec.json.encode(asked), _LIFE
        )
        data = {"application": asked.title, "handle": handle, "action": "/oauth/logout/confirm"}
        policy = (leads_to(asked.location),) if asked.location else ()
        return Page("oidc/logout.html", data, title=text("oidc.logout.title"), form_action=policy)

    async def _finish(self, request: Browser, asked: LogoutRequest) -> Response[Any]:
        """End the session; applications that wait for it hear by the back channel. Then back, or to a page of ours."""
        await self._provider.host.journeys.sign_out(request, reason=REASON)
        return Redirect(asked.location or path_below(request, "/oauth/signed-out"))


def _location(parameters: Parameters, client: Client | None) -> str:
    """Where to go afterwards: exactly a registered address of a client that is known. Raises ``BadRequest``."""
    uri = parameters.get("post_logout_redirect_uri")
    if not uri or client is None:
        return ""
    if uri not in client.settings.post_logout_redirect_uris:
        raise page("post_logout_redirect_uri")
    state = parameters.get("state")
    return with_parameters(uri, {"state": state} if state else {})
