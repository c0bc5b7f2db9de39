"""Where the answer goes: one of the registered addresses, compared byte by byte (RFC 9700 section 2.1)."""

from __future__ import annotations

from xenia.api import matches_registered, redirect_uri_problem
from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import page


async def check_redirect_uri(inquiry: Inquiry) -> None:
    """Settle ``redirect_uri`` and ``state``. It must be sent even where only one is registered (Core section 3.1.2.1)."""
    uri, settings = inquiry.parameters.get("redirect_uri"), inquiry.client.settings
    native = settings.native
    if not any(matches_registered(uri, known, native=native) for known in settings.redirect_uris):
        raise page("redirect_uri")
    # Judged again, since what may be registered can have become stricter meanwhile.
    development = inquiry.provider.host.settings.development
    if redirect_uri_problem(uri, development=development, native=native):
        raise page("redirect_uri")
    inquiry.redirect_uri = uri
    inquiry.state = inquiry.parameters.get("state")
