"""``POST /oauth/introspect`` (RFC 7662): what a token says, to those it concerns. Everybody else learns only ``active:
false``.
"""

from __future__ import annotations

from typing import Any

from xenia.api import AccessClaims, HotAnswer, RefreshInfo
from xenia_oidc.calls import Call, as_json
from xenia_oidc.client import Client
from xenia_oidc.client_auth import authenticate
from xenia_oidc.provider import Provider

_INACTIVE: dict[str, Any] = {"active": False}


class Introspection:
    """A client sees its own tokens, and access tokens that are meant for it as an API."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, call: Call) -> HotAnswer:
        """The token's state. Raises ``OAuthError`` for a caller without credentials (section 2.1)."""
        client = await authenticate(self._provider, call, allow_public=False)
        token = call.parameters.required("token")
        return as_json(await self._access(call, client, token) or await self._refresh(call, client, token) or _INACTIVE)

    async def _access(self, call: Call, client: Client, token: str) -> dict[str, Any] | None:
        claims = await self._provider.host.tokens.verify_access(call.context, token)
        if claims is None or not _concerns(client, claims) or not await self._is_on(call, claims.application):
            return None
        return _described(claims, call.tenant.issuer)

    async def _is_on(self, call: Call, application: str) -> bool:
        """A token of an application that was switched off opens nothing meanwhile."""
        found = await self._provider.host.applications.get(call.context, application)
        return found is not None and found.enabled

    async def _refresh(self, call: Call, client: Client, token: str) -> dict[str, Any] | None:
        known = await self._provider.host.tokens.introspect_refresh(call.context, token)
        if known is None or known.grant.application != client.id:
            return None
        return _refresh_described(known, call.tenant.issuer)


def _concerns(client: Client, claims: AccessClaims) -> bool:
    mine = {client.id, *client.settings.audiences}
    return claims.application == client.id or not mine.isdisjoint(claims.audience)


def _described(claims: AccessClaims, issuer: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "active": True,
        "token_type": "Bearer",
        "iss": issuer,
        "sub": claims.subject,
        "aud": list(claims.audience),
        "client_id": claims.application,
        "scope": " ".join(claims.scope),
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
        "jti": claims.id,
    }
    if claims.acr:
        document["acr"] = claims.acr
    if claims.auth_time:
        document["auth_time"] = int(claims.auth_time.timestamp())
    return document


def _refresh_described(known: RefreshInfo, issuer: str) -> dict[str, Any]:
    return {
        "active": True,
        "iss": issuer,
        "sub": known.grant.subject,
        "client_id": known.grant.application,
        "scope": " ".join(known.grant.scope),
        "iat": int(known.issued_at.timestamp()),
        "exp": int(known.expires_at.timestamp()),
    }
