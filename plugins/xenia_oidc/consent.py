"""Consent: when the person is asked, the page, and what is remembered (OpenID Connect Core sections 3.1.2.4 and 11).

First-party applications are the operator's own and are not asked about, except where the application itself wants it
(``prompt=consent``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from litestar.connection import Request
from litestar.response import Response

from xenia.api import Forbidden, NotFound, Page, Redirect, Session, context_of, path_below, tenant_of, text
from xenia_oidc import tables
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.claims import askable, scopes_behind
from xenia_oidc.errors import AuthorizationError
from xenia_oidc.provider import Provider
from xenia_oidc.respond import leads_to

if TYPE_CHECKING:
    from xenia_oidc.authorize.endpoint import OidcProtocol

KIND = "oco"
_DESCRIBED = ("openid", "profile", "email", "address", "phone", "offline_access")


class Asked(msgspec.Struct, frozen=True):
    """A consent page that waits for an answer. It belongs to one session."""

    query: str
    application: str
    title: str
    scope: tuple[str, ...]
    session_id: UUID
    leads_to: str


async def is_needed(inquiry: Inquiry, session: Session) -> bool:
    """Whether the person must be asked. Raises ``AuthorizationError`` where nothing may be asked (``prompt=none``)."""
    if "consent" not in inquiry.prompt:
        if inquiry.client.application.first_party:
            return False
        if wanted(inquiry) <= await _remembered(inquiry, session):
            return False
    if inquiry.is_silent:
        raise AuthorizationError("consent_required", "the person would have to agree")
    return True


def wanted(inquiry: Inquiry) -> frozenset[str]:
    """Everything the application would get: its scope, further claims, and the scopes of claims it asks for one by one."""
    single = askable((*inquiry.claims.userinfo, *inquiry.claims.id_token), inquiry.client)
    return frozenset((*inquiry.scope, *inquiry.client.settings.claims)) | scopes_behind(single)


async def ask(request: Request[Any, Any, Any], inquiry: Inquiry, session: Session, raw: str) -> Response[Any]:
    """Put the request aside and go to the page that asks."""
    asked = Asked(
        query=raw,
        application=inquiry.client.id,
        title=inquiry.client.application.title,
        scope=tuple(sorted(wanted(inquiry))),
        session_id=session.id,
        leads_to=leads_to(inquiry.redirect_uri),
    )
    life = timedelta(seconds=(await inquiry.provider.settings(inquiry.context)).consent_seconds)
    handle = await inquiry.provider.host.one_time.issue(inquiry.tenant.id, KIND, msgspec.json.encode(asked), life)
    return Redirect(path_below(request, f"/oauth/consent/{handle}"))


async def show(provider: Provider, request: Request[Any, Any, Any], handle: str) -> Response[Any]:
    """The page that says who wants what."""
    stored = await provider.host.one_time.peek(tenant_of(request).id, KIND, handle)
    asked, _ = await _opened(provider, request, stored)
    others = [name for name in asked.scope if name not in _DESCRIBED]
    data = {
        "application": asked.title,
        "described": [text(f"oidc.scope.{name}") for name in _DESCRIBED if name in asked.scope],
        "others": others,
        "action": f"/oauth/consent/{handle}",
    }
    return Page(
        "oidc/consent.html",
        data,
        title=text("oidc.consent.title", application=asked.title),
        form_action=(asked.leads_to,),
    )


async def decide(
    provider: Provider, protocol: OidcProtocol, request: Request[Any, Any, Any], handle: str, *, agreed: bool
) -> Response[Any]:
    """The person's answer; it counts once."""
    stored = await provider.host.one_time.peek(tenant_of(request).id, KIND, handle)
    asked, session = await _opened(provider, request, stored)
    if await provider.host.one_time.consume(tenant_of(request).id, KIND, handle) is None:
        raise NotFound("answered already", public=text("oidc.consent.gone"))
    context = context_of(request)
    if not agreed:
        return await protocol.refuse(context, asked.query, request)
    return await protocol.consented(context, asked.query, session, request)


async def _opened(provider: Provider, request: Request[Any, Any, Any], stored: bytes | None) -> tuple[Asked, Session]:
    """What is asked, and the session it belongs to: nobody answers for another."""
    if stored is None:
        raise NotFound("no such question", public=text("oidc.consent.gone"))
    asked = msgspec.json.decode(stored, type=Asked)
    session = await provider.host.journeys.session(request)
    if session is None or session.id != asked.session_id:
        raise Forbidden("another session", public=text("oidc.consent.other"))
    return asked, session


async def _remembered(inquiry: Inquiry, session: Session) -> frozenset[str]:
    known = await inquiry.provider.host.tables(inquiry.context).fetchval(
        tables.CONSENT, inquiry.tenant.id, session.user_id, inquiry.client.id
    )
    return frozenset(known or ())


async def remember(inquiry: Inquiry, session: Session) -> None:
    """Keep what was agreed to, on top of what was agreed to before."""
    await inquiry.provider.host.tables(inquiry.context).execute(
        tables.REMEMBER, inquiry.tenant.id, session.user_id, inquiry.client.id, sorted(wanted(inquiry))
    )
