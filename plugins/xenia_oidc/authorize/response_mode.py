"""How the answer travels (OAuth 2.0 Multiple Response Types section 2.1; OAuth 2.0 Form Post Response Mode)."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError


async def check_response_mode(inquiry: Inquiry) -> None:
    """Settle ``response_mode``; without a good one, the client's ``query``, or what it has instead."""
    allowed = inquiry.client.settings.response_modes
    inquiry.response_mode = "query" if "query" in allowed else allowed[0]
    wanted = inquiry.parameters.get("response_mode") or inquiry.response_mode
    if wanted not in allowed:
        raise AuthorizationError("invalid_request", "this response_mode is not available")
    inquiry.response_mode = wanted
