"""The code's lock (RFC 7636): S256 alone, and for everybody unless the registration says otherwise."""

from __future__ import annotations

import re

from xenia_oidc.authorize.inquiry import Inquiry
from xenia_oidc.errors import AuthorizationError

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


async def check_pkce(inquiry: Inquiry) -> None:
    """Settle ``code_challenge`` and ``nonce``."""
    challenge, method = inquiry.parameters.get("code_challenge"), inquiry.parameters.get("code_challenge_method")
    inquiry.nonce = inquiry.parameters.get("nonce")
    if challenge and method != "S256":
        raise AuthorizationError("invalid_request", "code_challenge_method must be S256")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise AuthorizationError("invalid_request", "code_challenge is malformed")
    if not challenge and (method or not _may_go_without(inquiry)):
        raise AuthorizationError("invalid_request", "code_challenge is missing")
    inquiry.code_challenge = challenge


def _may_go_without(inquiry: Inquiry) -> bool:
    """A nonce protects only who checks it in an ID token, so it counts for OpenID requests of confidential clients
    alone.
    """
    rule = inquiry.client.settings.require_pkce
    if inquiry.client.is_public or rule is True:
        return False
    if rule == "pkce_or_nonce":
        return bool(inquiry.nonce) and "openid" in inquiry.scope
    return rule == "allow_missing_pkce_and_nonce"
