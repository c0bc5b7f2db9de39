"""For which APIs the tokens are (RFC 8707 section 2)."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError


async def check_resource(inquiry: Inquiry) -> None:
    """Settle ``resources``: only registered ones."""
    asked = tuple(dict.fromkeys(inquiry.parameters.resources))
    if not frozenset(asked) <= frozenset(inquiry.client.settings.resources):
        raise AuthorizationError("invalid_target", "a resource that this application may not ask for")
    inquiry.resources = asked
