"""From a request to an answer: check, find a session, ask for consent, issue the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.api import BadRequest, Context, Outcome, ProtocolHandler, Resume, Session, Text, context_of, tenant_of
from xenia_oidc import consent, respond
from xenia_oidc.authorize import pipeline
from xenia_oidc.authorize.code import issue_code
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.authorize.session import check_session, requirement
from xenia_oidc.client import ClientSettings, registration, weaknesses
from xenia_oidc.errors import AuthorizationError, OAuthError
from xenia_oidc.parameters import Parameters
from xenia_oidc.provider import Provider

Browser = Request[Any, Any, Any]


class OidcProtocol:
    """The authorization endpoint, and where journeys come back to. Implements :class:`xenia.api.ProtocolHandler`."""

    name = "oidc"
    settings: type[msgspec.Struct] | None

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        development = provider.host.settings.development
        self.settings = registration(development=development, grant_types=provider.grant_types)

    def weaknesses(self, part: Mapping[str, Any]) -> tuple[Text, ...]:
        """What to warn of where an application with this part is shown."""
        return weaknesses(msgspec.convert(part, ClientSettings))

    async def authorize(self, request: Browser, raw: str) -> Response[Any]:
        """Answer an authorization request. Raises ``BadRequest`` where only a page may say what is wrong."""
        inquiry = self._inquiry(request, context_of(request), raw)
        try:
            await pipeline.run(inquiry)
            found = await self._session(request, inquiry, raw)
            given = await self._proceed(request, inquiry, found, raw) if isinstance(found, Session) else found
        except AuthorizationError as refused:
            given = respond.refusal(inquiry, refused)
        return await respond.for_browser(self._provider, request, given)

    async def resume(
        self, context: Context, data: Mapping[str, Any], session: Session, request: Browser
    ) -> Response[Any]:
        """Go on where a journey ended. The request is checked again from its beginning: the client may have changed
        meanwhile.
        """
        raw = str(data.get("query", ""))
        inquiry = self._inquiry(request, context, raw)
        try:
            await pipeline.run(inquiry)
            given = await self._proceed(request, inquiry, session, raw)
        except AuthorizationError as refused:
            given = respond.refusal(inquiry, refused)
        return await respond.for_browser(self._provider, request, given)

    async def abandon(self, context: Context, data: Mapping[str, Any], request: Browser) -> Response[Any]:
        """The person turned back."""
        return await self.refuse(context, str(data.get("query", "")), request)

    async def refuse(self, context: Context, raw: str, request: Browser) -> Response[Any]:
        """``access_denied``, to the application."""
        inquiry = self._inquiry(request, context, raw)
        try:
            await pipeline.run(inquiry)
            refused = AuthorizationError("access_denied", "the person turned back")
        except AuthorizationError as problem:
            refused = problem
        return await respond.for_browser(self._provider, request, respond.refusal(inquiry, refused))

    async def consented(self, context: Context, raw: str, session: Session, request: Browser) -> Response[Any]:
        """Go on after the person agreed."""
        inquiry = self._inquiry(request, context, raw)
        try:
            await pipeline.run(inquiry)
            check_session(inquiry, session)
            await consent.remember(inquiry, session)
            given = respond.answer(inquiry, {"code": await issue_code(inquiry, session)})
        except AuthorizationError as refused:
            given = respond.refusal(inquiry, refused)
        return await respond.for_browser(self._provider, request, given)

    def _inquiry(self, request: Browser, context: Context, raw: str) -> Inquiry:
        try:
            parameters = Parameters.parse(raw.encode())
        except OAuthError as problem:
            raise BadRequest(str(problem)) from problem
        return Inquiry(self._provider, context, tenant_of(request), parameters)

    async def _session(self, request: Browser, inquiry: Inquiry, raw: str) -> Session | Response[Any]:
        data = {"query": raw, "leads_to": respond.leads_to(inquiry.redirect_uri)}
        found = await self._provider.host.journeys.require(request, requirement(inquiry), Resume(self.name, data))
        if isinstance(found, Outcome):
            raise AuthorizationError(found.value, "the person would have to be asked")
        return found

    async def _proceed(self, request: Browser, inquiry: Inquiry, session: Session, raw: str) -> Response[Any]:
        check_session(inquiry, session)
        if await consent.is_needed(inquiry, session):
            return await consent.ask(request, inquiry, session, raw)
        return respond.answer(inquiry, {"code": await issue_code(inquiry, session)})


def as_query(raw: bytes) -> str:
    """A posted form as the query of a GET, names and values in order. Raises ``BadRequest``."""
    try:
        return urlencode(parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=100))
    except ValueError as problem:
        raise BadRequest("no form") from problem


def _proof(protocol: OidcProtocol) -> ProtocolHandler:
    return protocol
