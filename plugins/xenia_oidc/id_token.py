"""ID tokens: what they say, and how one of ours is recognised as a hint (OpenID Connect Core sections 2 and 3.1.2.1)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from xenia.api import Context, Grant, Tenant
from xenia_oidc.client import ALGORITHMS, Client
from xenia_oidc.provider import Provider

TYP = "JWT"


class Hint(msgspec.Struct, frozen=True):
    """What an ID token of ours says; it may have expired long ago."""

    subject: str
    audience: tuple[str, ...]
    session_id: str


async def issue(
    provider: Provider,
    context: Context,
    tenant: Tenant,
    client: Client,
    grant: Grant,
    *,
    access_token: str,
    nonce: str = "",
    with_auth_time: bool = False,
    more: Mapping[str, Any] | None = None,
) -> str:
    """A signed ID token for the client. ``more`` are claims about the person; none of them can replace a claim of the
    token itself.
    """
    now = int(provider.host.clock.now().timestamp())
    algorithm = client.settings.id_token_signed_response_alg
    claims: dict[str, Any] = {
        **(more or {}),
        "iss": tenant.issuer,
        "sub": grant.subject,
        "aud": client.id,
        "iat": now,
        "exp": now + (await provider.settings(context)).id_token_seconds,
        "at_hash": at_hash(access_token, algorithm),
    }
    if nonce:
        claims["nonce"] = nonce
    if grant.acr:
        claims["acr"] = grant.acr
    if grant.amr:
        claims["amr"] = list(grant.amr)
    if grant.auth_time and (with_auth_time or client.settings.require_auth_time):
        claims["auth_time"] = int(grant.auth_time.timestamp())
    if grant.session_id:
        claims["sid"] = str(grant.session_id)
    return await provider.host.keys.sign(context, claims, typ=TYP, alg=algorithm)


def at_hash(access_token: str, algorithm: str) -> str:
    """The left half of the token's hash by the ID token's algorithm (section 3.1.3.6); Ed25519 hashes with SHA-512."""
    digest = hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256
    whole = digest(access_token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


async def hint_claims(provider: Provider, context: Context, tenant: Tenant, token: str) -> Hint | None:
    """What an ID token of this tenant says, expired or not; ``None`` for anything else, whoever signed it."""
    claims = await provider.host.keys.verify(context, token, typ=(TYP,), algs=ALGORITHMS)
    if claims is None or claims.get("iss") != tenant.issuer:
        return None
    subject, audience = claims.get("sub"), claims.get("aud")
    if not isinstance(subject, str) or not isinstance(audience, str | list):
        return None
    audiences = (audience,) if isinstance(audience, str) else tuple(map(str, audience))
    return Hint(subject, audiences, str(claims.get("sid", "")))
