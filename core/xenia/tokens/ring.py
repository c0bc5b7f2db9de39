"""A tenant's keys as loaded at one version: who signs, who verifies, and the published set as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from xenia.context import Context
from xenia.db import Row
from xenia.tokens.algorithms import ALGORITHMS, is_good, public_key
from xenia.tokens.jws import Parts, b64url, header
from xenia.tokens.models import KeyState, SigningKey
from xenia.tokens.providers import KeyProvider, Signer

SIGNATURES = "sig"
"""The use of keys for tokens; only these are published."""


class Key:
    """One key in memory: its public part at once, the private one when it first signs, its headers by ``typ``."""

    def __init__(self, row: Row) -> None:
        jwk = msgspec.json.decode(row["public_jwk"], type=dict[str, Any])
        self.model = SigningKey(
            tenant=row["tenant_id"],
            kid=row["kid"],
            alg=row["alg"],
            use=row["use"],
            state=KeyState(row["state"]),
            jwk=jwk,
            created_at=row["created_at"],
        )
        self.changed_at = row["changed_at"]
        self._algorithm = ALGORITHMS[row["alg"]]
        self._public = public_key(jwk)
        self._sealed: bytes = row["sealed"] or b""
        self._signer: Signer | None = None
        self._headers: dict[str, bytes] = {}

    def header(self, typ: str) -> bytes:
        """The encoded header of what this key signs."""
        if typ not in self._headers:
            self._headers[typ] = header(self.model.alg, self.model.kid, typ)
        return self._headers[typ]

    async def sign(self, context: Context, provider: KeyProvider, data: bytes) -> bytes:
        """The raw signature over ``data``."""
        if self._signer is None:
            self._signer = await provider.signer(context, self.model.kid, self.model.alg, self._sealed)
        return await self._signer.sign(data)

    async def sign_jws(self, context: Context, provider: KeyProvider, data: bytes) -> str:
        """``data`` and its signature as a compact JWS."""
        return (data + b"." + b64url(await self.sign(context, provider, data))).decode()

    def has_signed(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is this key's."""
        return is_good(self._algorithm, self._public, signature, data)

    @property
    def trusted(self) -> bool:
        """Whether its signatures count: of a retired key none does."""
        return self.model.state is not KeyState.RETIRED


class KeyRing:
    """All keys of a tenant. Immutable but for what is loaded at first need."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.keys = tuple(Key(row) for row in rows)
        self._active = {(key.model.use, key.model.alg): key for key in self.keys if key.model.state is KeyState.ACTIVE}
        self._verifying = tuple(key for key in self.keys if key.trusted and key.model.use == SIGNATURES)
        self.jwks = msgspec.json.encode({"keys": [key.model.jwk for key in self._verifying]})

    def active(self, use: str, alg: str) -> Key | None:
        """The key that signs."""
        return self._active.get((use, alg))

    def of_state(self, state: KeyState) -> tuple[Key, ...]:
        """The keys in one state."""
        return tuple(key for key in self.keys if key.model.state is state)

    def signer_of(self, parts: Parts, typs: Sequence[str], algs: Sequence[str]) -> Key | None:
        """The key whose header the token carries and whose signature is good."""
        for key in self._verifying:
            if (not algs or key.model.alg in algs) and any(key.header(typ) == parts.header for typ in typs):
                return key if key.has_signed(parts.signature, parts.signed) else None
        return None
