"""What the application wants to do: the part of it that the application may have at all (RFC 6749 section 3.3)."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError


async def check_scope(inquiry: Inquiry) -> None:
    """Settle ``scope``: values that are unknown or not the client's are left out (OpenID Connect Core section 3.1.2.1)."""
    asked = dict.fromkeys(inquiry.parameters.get("scope").split())
    allowed = frozenset(inquiry.client.settings.scopes)
    inquiry.scope = tuple(name for name in asked if name in allowed)
    if not inquiry.scope:
        raise AuthorizationError("invalid_scope", "no scope that this application may have")
