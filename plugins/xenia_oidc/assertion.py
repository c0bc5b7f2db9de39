"""``private_key_jwt``: a client proves itself by a JWT of its own (RFC 7523; OpenID Connect Core section 9).

The audience is the issuer as one string, nothing else (FAPI 2.0 section 5.3.2.1; RFC 7523bis), and each ``jti`` counts
once.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import msgspec

from xenia_oidc.calls import Call
from xenia_oidc.client import ALGORITHMS, Client
from xenia_oidc.provider import Provider

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = 600
_LEEWAY = 60


def claimed_client(token: str) -> str:
    """Whom the assertion says it is from; nothing is proven yet."""
    claims = _unverified(token)
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) and issuer == claims.get("sub") else ""


async def is_valid(provider: Provider, call: Call, client: Client, token: str) -> bool:
    """Whether the assertion is the client's, for us, of now, and seen for the first time."""
    claims = await _verified(provider, client, token)
    if claims is None or claims.get("iss") != client.id or claims.get("sub") != client.id:
        return False
    if claims.get("aud") != call.tenant.issuer:
        return False
    now = provider.host.clock.now().timestamp()
    remaining = _remaining(claims, now)
    jti = claims.get("jti")
    if remaining is None or not isinstance(jti, str) or not 0 < len(jti) <= 255:
        return False
    seen = timedelta(seconds=remaining + _LEEWAY)
    return await provider.host.one_time.claim(call.tenant.id, "client_assertion", f"{client.id} {jti}", seen)


def _remaining(claims: dict[str, Any], now: float) -> float | None:
    """Seconds until it expires, ``None`` where its times don't do. Half a minute of clock skew is forgiven."""
    exp, nbf, iat = claims.get("exp"), claims.get("nbf", now), claims.get("iat", now)
    if any(isinstance(at, bool) or not isinstance(at, int | float) for at in (exp, nbf, iat)):
        return None
    assert isinstance(exp, int | float)  # noqa: S101  just checked, for the type checker
    if not now < exp + 30 or exp > now + LONGEST_LIFE or max(nbf, iat) > now + _LEEWAY / 2:
        return None
    return max(0.0, exp - now)


async def _verified(provider: Provider, client: Client, token: str) -> dict[str, Any] | None:
    from joserfc import jwt  # imported late: few clients have keys, and every start would pay for them
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        keys = KeySet.import_key_set(await _jwks(provider, client))  # type: ignore[arg-type]  # checked by the library
        return dict(jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims)
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        return None


async def _jwks(provider: Provider, client: Client) -> dict[str, Any]:
    """The client's public keys: registered, or fetched from its address through the guarded dialer."""
    if client.settings.jwks is not None:
        return client.settings.jwks
    return await provider.key_sets.get(client.settings.jwks_uri)


def _unverified(token: str) -> dict[str, Any]:
    try:
        claims = msgspec.json.decode(_segment(token))
    except (msgspec.MsgspecError, ValueError, IndexError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _segment(token: str) -> bytes:
    middle = token.split(".")[1]
    return base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))
