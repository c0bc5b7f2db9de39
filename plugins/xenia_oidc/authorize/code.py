"""The code: a grant is opened, and what the token endpoint must know is kept with the code (RFC 6749 section 4.1.2)."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from xenia.api import Conflict, Grant, NewGrant, Session, user_actor
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.claims import askable
from xenia_oidc.errors import AuthorizationError


class CodeData(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a code remembers: where it was sent, its lock, and what the ID token of this sign-in must say."""

    redirect_uri: str
    code_challenge: str = ""
    nonce: str = ""
    auth_time: bool = False


async def issue_code(inquiry: Inquiry, session: Session) -> str:
    """Open the grant and make its code, together. Raises ``AuthorizationError`` where the session ended meanwhile."""
    host, context = inquiry.provider.host, inquiry.context.acting(user_actor(inquiry.tenant.id, session.user_id))
    lifetime = timedelta(seconds=(await inquiry.provider.settings(context)).code_seconds)
    subject = await host.subjects.of_user(context, session.user_id, inquiry.client.sector)
    data = CodeData(inquiry.redirect_uri, inquiry.code_challenge, inquiry.nonce, _wants_auth_time(inquiry))
    try:
        async with host.transaction():
            grant = await host.grants.open(context, _new_grant(inquiry, session, subject))
            return await host.tokens.issue_code(context, grant, msgspec.json.encode(data), lifetime=lifetime)
    except Conflict as problem:
        raise AuthorizationError("login_required", "the session has ended") from problem


def _new_grant(inquiry: Inquiry, session: Session, subject: str) -> NewGrant:
    return NewGrant(
        application=inquiry.client.id,
        user_id=session.user_id,
        subject=subject,
        session_id=session.id,
        scope=inquiry.scope,
        resources=inquiry.resources,
        acr=session.acr,
        amr=session.amr,
        auth_time=session.authenticated_at,
        offline="offline_access" in inquiry.scope,
        data=_claims_asked(inquiry),
    )


def _claims_asked(inquiry: Inquiry) -> dict[str, list[str]]:
    """The single claims that this grant brings, beyond those of its scope."""
    asked = {"userinfo": inquiry.claims.userinfo, "id_token": inquiry.claims.id_token}
    names = {place: sorted(askable(wishes, inquiry.client)) for place, wishes in asked.items()}
    return {place: found for place, found in names.items() if found}


def claims_of(grant: Grant, place: str) -> frozenset[str]:
    """What :func:`issue_code` kept for ``userinfo`` or ``id_token``."""
    kept = grant.data.get(place, ())
    return frozenset(map(str, kept))


def _wants_auth_time(inquiry: Inquiry) -> bool:
    return inquiry.max_age is not None or "auth_time" in inquiry.claims.id_token
