"""Where private keys live: here, sealed in the database; a KMS or HSM stands in by the same Protocol."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from xenia.context import Context
from xenia.security.sealing import SealError
from xenia.tokens.algorithms import ALGORITHMS, Algorithm, Private, load_private, private_bytes, public_jwk
from xenia.tokens.jws import thumbprint

_PURPOSE = "signing-key"


class MadeKey(msgspec.Struct, frozen=True):
    """A key just made.

    Its public part with ``kid``, ``alg`` and ``use``, and what the provider needs to find the private one.
    """

    kid: str
    jwk: dict[str, Any]
    sealed: bytes


class Signer(Protocol):
    """One private key."""

    async def sign(self, data: bytes) -> bytes:
        """The signature over ``data``, in the form that JWS wants."""
        ...


class KeyProvider(Protocol):
    """Makes private keys and signs with them."""

    async def make(self, context: Context, alg: str, use: str) -> MadeKey:
        """A new key; nothing is stored yet."""
        ...

    async def signer(self, context: Context, kid: str, alg: str, sealed: bytes) -> Signer:
        """The key that ``make`` described so. Raises ``SealError`` where it can't be had."""
        ...


class LocalSigner:
    """A private key in this process's memory. Signing takes a millisecond at most, so it stays on the event loop."""

    def __init__(self, algorithm: Algorithm, key: Private) -> None:
        self._algorithm = algorithm
        self._key = key

    async def sign(self, data: bytes) -> bytes:
        """The signature over ``data``."""
        return self._algorithm.sign(self._key, data)


class Sealing(Protocol):
    """What a local key is sealed by."""

    async def seal(self, context: Context, purpose: str, row: str, plaintext: bytes) -> bytes:
        """Seal for one purpose and row."""
        ...

    async def open(self, context: Context, purpose: str, row: str, sealed: bytes) -> bytes:
        """Open, or raise ``SealError``."""
        ...


class LocalKeys:
    """Private keys sealed under the tenant's data key."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing

    async def make(self, context: Context, alg: str, use: str) -> MadeKey:
        """A new key; one that takes long to find is looked for in a thread."""
        algorithm = ALGORITHMS[alg]
        key = await asyncio.to_thread(algorithm.make) if algorithm.slow_to_make else algorithm.make()
        public = public_jwk(key.public_key())
        kid = thumbprint(public)
        sealed = await self._sealing.seal(context, _PURPOSE, kid, private_bytes(key))
        return MadeKey(kid, {**public, "kid": kid, "alg": alg, "use": use}, sealed)

    async def signer(self, context: Context, kid: str, alg: str, sealed: bytes) -> Signer:
        """The key sealed so."""
        if not sealed:
            raise SealError("the private key was destroyed")
        return LocalSigner(ALGORITHMS[alg], load_private(await self._sealing.open(context, _PURPOSE, kid, sealed)))


if TYPE_CHECKING:
    _provider: type[KeyProvider] = LocalKeys
