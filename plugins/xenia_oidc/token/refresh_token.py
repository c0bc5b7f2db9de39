"""``grant_type=refresh_token`` (RFC 6749 section 6; RFC 9700 section 4.14; OpenID Connect Core section 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.api import RefreshRotation, RefreshState
from xenia_oidc.errors import OAuthError
from xenia_oidc.token.grants import TokenRequest
from xenia_oidc.token.response import token_response

_ANSWERED = (RefreshState.ROTATED, RefreshState.REPEATED)


class RefreshToken:
    """Gives fresh tokens for the same grant; what is asked for may be less than was granted, never more."""

    name = "refresh_token"

    async def answer(self, request: TokenRequest) -> Mapping[str, Any]:
        """Fresh tokens. A token that was rotated away long ago ends the grant when it is shown again."""
        token = request.parameters.required("refresh_token")
        narrowed = await self._narrowed(request, token)
        used = await self._used(request, token)
        if used.grant is None or used.state not in _ANSWERED:
            raise OAuthError("invalid_grant", "the refresh token is unknown, expired or used")
        _check_narrower(narrowed, used.grant.scope)  # a token that is repeated in its grace was unknown a moment ago
        scope = narrowed or used.scope or used.grant.scope
        return await token_response(request, used.grant, scope, refresh_token=used.successor or token)

    async def _used(self, request: TokenRequest, token: str) -> RefreshRotation:
        rotate = request.client.is_public or (await request.provider.settings(request.context)).rotate_confidential
        return await request.provider.host.tokens.rotate_refresh(
            request.context, token, request.client.id, rotate=rotate
        )

    async def _narrowed(self, request: TokenRequest, token: str) -> tuple[str, ...]:
        """The scope that was asked for, judged before the token is used up."""
        asked = tuple(dict.fromkeys(request.parameters.get("scope").split()))
        if not asked:
            return ()
        known = await request.provider.host.tokens.introspect_refresh(request.context, token)
        if known is not None and known.grant.application == request.client.id:
            _check_narrower(asked, known.grant.scope)
        return asked


def _check_narrower(asked: Iterable[str], granted: Iterable[str]) -> None:
    if not set(asked) <= set(granted):
        raise OAuthError("invalid_scope", "more than was granted")
