"""What the answer holds: a code. Tokens never travel through the browser (RFC 9700 section 2.1.2)."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError


async def check_response_type(inquiry: Inquiry) -> None:
    """Accept ``code`` alone."""
    wanted = inquiry.parameters.get("response_type")
    if not wanted:
        raise AuthorizationError("invalid_request", "response_type is missing")
    if wanted not in inquiry.client.settings.response_types:
        raise AuthorizationError("unsupported_response_type", "only the response_type code is offered")
