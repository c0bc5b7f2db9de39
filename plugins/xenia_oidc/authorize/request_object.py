"""Request objects and registrations inside a request are refused by name, never ignored (OpenID Connect Core sections 6
and 3.1.2.6).
"""

from __future__ import annotations

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError

_REFUSED = ("request", "request_uri", "registration")


async def check_request_object(inquiry: Inquiry) -> None:
    """Refuse ``request``, ``request_uri`` and ``registration``."""
    for name in _REFUSED:
        if inquiry.parameters.get(name):
            raise AuthorizationError(f"{name}_not_supported", f"{name} is not supported")
