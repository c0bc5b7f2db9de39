"""``/oauth/userinfo``: claims about the person behind an access token (OpenID Connect Core section 5.3; RFC 6750)."""

from __future__ import annotations

from typing import Any

from xenia.api import AccessClaims, HotAnswer
from xenia_oidc.calls import Call, answer, as_json
from xenia_oidc.claims import askable, of_scope, released
from xenia_oidc.client import Client
from xenia_oidc.errors import OAuthError
from xenia_oidc.provider import Provider
from xenia_oidc.token.response import USERINFO_CLAIMS

TYP = "userinfo+jwt"


class UserInfo:
    """Answers with the claims that the token's scope and request brought, now."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def __call__(self, call: Call) -> HotAnswer:
        """The claims, as JSON or signed. Raises ``OAuthError`` with a ``Bearer`` challenge."""
        claims = await self._claims(call, _token(call))
        client = await self._provider.client(call.context, claims.application)
        if client is None:
            raise _challenge("invalid_token", 401)
        call.client = client
        if claims.user_id is None:
            raise _challenge("invalid_token", 401)
        if "openid" not in claims.scope or call.tenant.issuer not in claims.audience:
            raise _challenge("insufficient_scope", 403, b', scope="openid"')
        asked = claims.extra.get(USERINFO_CLAIMS, ())
        wanted = of_scope(claims.scope) | askable(map(str, asked), client) | frozenset(client.settings.claims)
        known = await released(self._provider, call.context, claims.user_id, wanted)
        if known is None:
            raise _challenge("invalid_token", 401)
        return await self._answer(call, client, {**known, "sub": claims.subject})

    async def _claims(self, call: Call, token: str) -> AccessClaims:
        claims = await self._provider.host.tokens.verify_access(call.context, token)
        if claims is None:
            raise _challenge("invalid_token", 401)
        return claims

    async def _answer(self, call: Call, client: Client, document: dict[str, Any]) -> HotAnswer:
        if (algorithm := client.settings.userinfo_signed_response_alg) is None:
            return as_json(document)
        signed = {**document, "iss": call.tenant.issuer, "aud": client.id}
        token = await self._provider.host.keys.sign(call.context, signed, typ=TYP, alg=algorithm)
        return answer(token.encode("ascii"), b"application/jwt")


def _token(call: Call) -> str:
    """The access token from the header or the posted form, never both and never from the address (RFC 6750 section 2)."""
    scheme, _, header = call.header(b"authorization").partition(" ")
    posted = call.parameters.get("access_token") if call.request.method == "POST" and call.request.body else ""
    if call.header(b"authorization") and posted:
        raise _challenge("invalid_request", 400)
    token = header.strip() if scheme.lower() == "bearer" else posted
    if not token:
        raise OAuthError(
            "invalid_token", "no access token", status=401, headers=((b"www-authenticate", b'Bearer realm="xenia"'),)
        )
    return token


def _challenge(code: str, status: int, more: bytes = b"") -> OAuthError:
    value = b'Bearer realm="xenia", error="' + code.encode() + b'"' + more
    return OAuthError(code, status=status, headers=((b"www-authenticate", value),))
