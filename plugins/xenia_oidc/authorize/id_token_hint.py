"""About whom the application asks: an ID token that we gave it, or a ``sub`` it names (OpenID Connect Core sections
3.1.2.1 and 5.5.1).
"""

from __future__ import annotations

from uuid import UUID

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError
from xenia_oidc.id_token import hint_claims


async def check_id_token_hint(inquiry: Inquiry) -> None:
    """Settle ``hinted_user``."""
    subjects = set(filter(None, (await _hinted(inquiry), inquiry.claims.subject)))
    if not subjects:
        return
    known = [await _user(inquiry, subject) for subject in subjects]
    if len(known) > 1 or known[0] is None:
        raise AuthorizationError("login_required", "that user can't sign in here")
    inquiry.hinted_user = known[0]


async def _user(inquiry: Inquiry, subject: str) -> UUID | None:
    """Who that is to this client. A subject of another sector is nobody's, so that two clients can't compare theirs."""
    subjects = inquiry.provider.host.subjects
    found = await subjects.user_of(inquiry.context, subject)
    if found is None or await subjects.of_user(inquiry.context, found, inquiry.client.sector) != subject:
        return None
    return found


async def _hinted(inquiry: Inquiry) -> str:
    token = inquiry.parameters.get("id_token_hint")
    if not token:
        return ""
    claims = await hint_claims(inquiry.provider, inquiry.context, inquiry.tenant, token)
    if claims is None or inquiry.client.id not in claims.audience:
        raise AuthorizationError("invalid_request", "id_token_hint is no ID token of this application")
    return claims.subject
