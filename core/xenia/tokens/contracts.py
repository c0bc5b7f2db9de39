"""What protocol plugins may ask of tokens and keys. The core owns what OpenID Connect, SAML and the APIs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from xenia.context import Context
from xenia.grants.models import Grant
from xenia.tokens.models import (
    AccessClaims,
    AccessToken,
    CodeRedemption,
    KeyState,
    RefreshInfo,
    RefreshRotation,
    SigningKey,
    TokenFormat,
)


class Keys(Protocol):
    """The signing keys of the context's tenant, per algorithm: next, active, passive; made when first needed."""

    async def jwks(self, context: Context) -> bytes:
        """The public JWK Set (RFC 7517) as ready-made bytes: next, active and passive keys."""
        ...

    async def ensure(self, context: Context, *algs: str) -> None:
        """Have an active key of each algorithm: whoever reads the set today can verify what is signed tomorrow."""
        ...

    async def list(self, context: Context) -> tuple[SigningKey, ...]:
        """Every key that is not destroyed, with its state."""
        ...

    async def sign(self, context: Context, claims: Mapping[str, Any], *, typ: str, alg: str = "ES256") -> str:
        """A compact JWS (RFC 7515) over ``claims``, by the active key of ``alg``."""
        ...

    async def verify(
        self, context: Context, token: str, *, typ: Sequence[str], algs: Sequence[str] = ()
    ) -> dict[str, Any] | None:
        """The claims of a JWS of our own with this ``typ`` ('' = none), signature first; ``None`` for anything else.

        Times are the caller's.
        """
        ...

    async def rotate(self, context: Context, alg: str, *, emergency: bool = False) -> SigningKey:
        """Next becomes active, active passive.

        An emergency retires the old key at once: it is refused everywhere within a minute.
        """
        ...

    async def set_state(self, context: Context, kid: str, state: KeyState) -> bool:
        """Move one key by hand."""
        ...


class Tokens(Protocol):
    """Codes, access tokens and refresh families of the context's tenant."""

    async def issue_code(self, context: Context, grant: Grant, data: bytes, *, lifetime: timedelta) -> str:
        """An authorization code for the grant; ``data`` is the protocol's own, given back once."""
        ...

    async def redeem_code(self, context: Context, code: str, application: str) -> CodeRedemption:
        """Redeem it: exactly one caller gets the grant.

        A second use ends the grant with all its tokens (RFC 6749 section 4.1.2).
        """
        ...

    async def issue_access(
        self,
        context: Context,
        grant: Grant,
        *,
        scope: Sequence[str],
        audience: Sequence[str] = (),
        lifetime: timedelta | None = None,
        format: TokenFormat = TokenFormat.JWT,
        extra: Mapping[str, Any] | None = None,
    ) -> AccessToken:
        """An access token (RFC 9068 when JWT) with its audit row. ``extra`` claims may not name reserved ones."""
        ...

    async def verify_access(self, context: Context, token: str) -> AccessClaims | None:
        """The claims of a live access token of this tenant, either format; checked against the revocation log."""
        ...

    async def issue_refresh(self, context: Context, grant: Grant, *, scope: Sequence[str]) -> str:
        """The first refresh token of a family."""
        ...

    async def rotate_refresh(
        self, context: Context, token: str, application: str, *, rotate: bool = True
    ) -> RefreshRotation:
        """Use a refresh token.

        One caller rotates; within the grace the same successor is given again; later reuse ends the grant.
        """
        ...

    async def introspect_refresh(self, context: Context, token: str) -> RefreshInfo | None:
        """A live refresh token's grant and times."""
        ...

    async def revoke(self, context: Context, token: str, application: str) -> bool:
        """Revoke a token of that application (RFC 7009): an access token alone, a refresh token with its grant.

        ``False`` if unknown.
        """
        ...


class Revocations(Protocol):
    """The revocation log: what ended, in the database's order, tailed by every process."""

    async def is_ended(
        self, context: Context, *, grant: UUID | None = None, session: UUID | None = None, token: str = ""
    ) -> bool:
        """Whether any of these ended; from the tail, or from the database while this process isn't sure of its tail."""
        ...
