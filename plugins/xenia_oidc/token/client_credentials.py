"""``grant_type=client_credentials`` (RFC 6749 section 4.4): the application for itself, without a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia_oidc.client import OIDC_SCOPES
from xenia_oidc.errors import OAuthError
from xenia_oidc.token.grants import TokenRequest
from xenia_oidc.token.response import token_response


class ClientCredentials:
    """Tokens for the application's own standing grant."""

    name = "client_credentials"

    async def answer(self, request: TokenRequest) -> Mapping[str, Any]:
        """An access token alone: no ID token, since nobody signed in, and no refresh token (section 4.4.3)."""
        if request.client.is_public:
            raise OAuthError("unauthorized_client", "a public application has no credentials")
        scope = _scope(request)
        grant = await request.provider.host.grants.of_client(request.context, request.client.id)
        return await token_response(request, grant, scope)


def _scope(request: TokenRequest) -> tuple[str, ...]:
    """What is asked for; without a wish everything that is the application's own. Scopes about people are nobody's
    here.
    """
    allowed = [scope for scope in request.client.settings.scopes if scope not in OIDC_SCOPES]
    asked = tuple(dict.fromkeys(request.parameters.get("scope").split()))
    if not set(asked) <= set(allowed):
        raise OAuthError("invalid_scope", "a scope that this application may not have")
    return asked or tuple(allowed)
