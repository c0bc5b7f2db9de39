"""Nothing was given twice: two readers could otherwise believe different values (RFC 6749 section 3.1)."""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry


async def check_parameters(inquiry: Inquiry) -> None:
    """Refuse repeated parameters."""
    inquiry.parameters.once()
