"""The OpenID Connect client: Authlib's, put together without a web framework's session."""

from __future__ import annotations

from typing import Any

import msgspec
from authlib.integrations.base_client import BaseApp
from authlib.integrations.base_client.async_app import AsyncOAuth2Mixin
from authlib.integrations.base_client.async_openid import AsyncOpenIDMixin
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.jwk import KeySet

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]


class Pending(msgspec.Struct, frozen=True):
    """A sign-in that was begun: what its answer must match."""

    url: str
    state: str
    nonce: str
    code_verifier: str


class SignedIn(msgspec.Struct, frozen=True):
    """Who signed in: the claims of the ID token, what the userinfo endpoint adds, and the token itself for signing out."""

    claims: dict[str, Any]
    profile: dict[str, Any]
    id_token: str


class _Provider(AsyncOAuth2Mixin, AsyncOpenIDMixin, BaseApp):  # type: ignore[misc]  # Authlib has no types
    client_cls = AsyncOAuth2Client


class Client:
    """One application at one provider, found by discovery."""

    def __init__(self, name: str, secret: str, issuer: str, url: str) -> None:
        self.name = name
        self.url = url
        self._issuer = issuer
        self._provider = _Provider(
            framework=None,
            name=name,
            client_id=name,
            client_secret=secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "trust_env": False},
        )

    @property
    def callback(self) -> str:
        """Where the provider sends people back to."""
        return f"{self.url}/callback"

    async def begin(self) -> Pending:
        """A sign-in to be sent to the provider: code flow with PKCE, state and nonce."""
        made = await self._provider.create_authorization_url(self.callback)
        return Pending(made["url"], made["state"], made["nonce"], made["code_verifier"])

    async def complete(self, pending: Pending, code: str) -> SignedIn:
        """Redeem the code and check the ID token. Raises Authlib's and joserfc's errors, and ``ValueError``."""
        verifier = pending.code_verifier
        token = await self._provider.fetch_access_token(self.callback, code=code, code_verifier=verifier)
        claims = await self._provider.parse_id_token(token, nonce=pending.nonce)
        profile = await self._provider.userinfo(token=token)
        if profile["sub"] != claims["sub"]:
            raise ValueError("the userinfo is about somebody else")  # OpenID Connect Core section 5.3.2
        return SignedIn(dict(claims), dict(profile), token["id_token"])

    async def sign_out_url(self, signed_in: SignedIn) -> str:
        """Where a person is signed out of everything (RP-Initiated Logout 1.0)."""
        made = await self._provider.create_logout_url(f"{self.url}/", id_token_hint=signed_in.id_token)
        return str(made["url"])

    async def ended(self, logout_token: str) -> dict[str, Any]:
        """The claims of a logout token that is good (Back-Channel Logout 1.0 section 2.6). Raises ``ValueError`` or joserfc's errors."""
        keys = KeySet.import_key_set(await self._provider.fetch_jwk_set(force=True))
        token = jwt.decode(logout_token, keys, algorithms=ALGORITHMS)
        needed = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self.name},
            exp={"essential": True},
            iat={"essential": True},
        )
        needed.validate(token.claims)
        if LOGOUT_EVENT not in token.claims.get("events", {}) or "nonce" in token.claims:
            raise ValueError("not a logout token")
        return token.claims
