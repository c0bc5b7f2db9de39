"""``grant_type=authorization_code`` (RFC 6749 section 4.1.3; RFC 7636 section 4.6; OpenID Connect Core section 3.1.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from xenia.api import CodeState, Grant
from xenia_oidc.authorize.code import CodeData
from xenia_oidc.errors import OAuthError
from xenia_oidc.token.grants import TokenRequest
from xenia_oidc.token.response import token_response

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class AuthorizationCode:
    """Redeems a code: once, by the client that asked for it, for the same redirect URI, with the key to its lock."""

    name = "authorization_code"

    async def answer(self, request: TokenRequest) -> Mapping[str, Any]:
        """The first tokens of a grant. A code shown twice ends the grant, whoever shows it."""
        code = request.parameters.required("code")
        redeemed = await request.provider.host.tokens.redeem_code(request.context, code, request.client.id)
        if redeemed.state is not CodeState.REDEEMED or redeemed.grant is None:
            raise OAuthError("invalid_grant", "the code is unknown, expired or used")
        data = msgspec.json.decode(redeemed.data, type=CodeData)
        await self._check(request, redeemed.grant, data)
        return await token_response(
            request, redeemed.grant, redeemed.grant.scope, nonce=data.nonce, with_auth_time=data.auth_time, first=True
        )

    async def _check(self, request: TokenRequest, grant: Grant, data: CodeData) -> None:
        """A code in the wrong hands is spent by now, so its grant ends too."""
        same_uri = request.parameters.get("redirect_uri") == data.redirect_uri
        if same_uri and is_unlocked(data.code_challenge, request.parameters.get("code_verifier")):
            return
        await request.provider.host.grants.end(request.context, grant.id, reason="code_misused")
        raise OAuthError("invalid_grant", "redirect_uri or code_verifier doesn't match the authorization request")


def is_unlocked(challenge: str, verifier: str) -> bool:
    """Whether the verifier opens the code. One without the other never does (RFC 9700 section 4.8.2)."""
    if not challenge or not verifier:
        return not challenge and not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.encode("ascii"))
