"""The signing keys of a tenant: made when first needed, published before they sign, trusted after, at last destroyed.

Statements: ``sign``, ``verify`` and ``jwks`` none (the ring is cached as the thing ``keys``); making a key 2 in one
transaction, its event and the new version of the ring. Of many processes that make the same key at once one wins, and
all sign with what is then stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database, apart
from xenia.errors import Conflict
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.tokens import jws, tables
from xenia.tokens.algorithms import ALGORITHMS, raw_public
from xenia.tokens.events import KEY_CREATED
from xenia.tokens.key_states import KeyStates
from xenia.tokens.models import KeyState, SigningKey
from xenia.tokens.providers import KeyProvider
from xenia.tokens.ring import SIGNATURES, Key, KeyRing
from xenia.tokens.times import KeyTimes

_THING = "keys"


class KeyService:
    """The signing keys of every tenant. ``provider`` holds the private ones."""

    def __init__(self, database: Database, cache: ConfigCache, events: Events, provider: KeyProvider) -> None:
        self._database = database
        self._cache = cache
        self._events = events
        self._provider = provider
        self._states = KeyStates(database, self._changed)

    # -- publishing

    async def jwks(self, context: Context) -> bytes:
        """The public JWK Set (RFC 7517) as ready-made bytes: next, active and passive keys."""
        return (await self._ring(context)).jwks

    async def ensure(self, context: Context, *algs: str) -> None:
        """Have an active key of each algorithm: whoever reads the set today can verify what is signed tomorrow."""
        for alg in algs:
            await self._active(context, SIGNATURES, alg)

    async def list(self, context: Context) -> tuple[SigningKey, ...]:
        """Every key, with its state; of a retired one only the public part is left."""
        return tuple(key.model for key in (await self._ring(context)).keys)

    async def public_keys(self, context: Context, *, use: str) -> Mapping[str, bytes]:
        """The raw Ed25519 public keys of one use by ``kid``, retired ones too: what an offline verifier needs."""
        keys = [key.model for key in (await self._ring(context)).keys if key.model.use == use]
        return {key.kid: raw_public(key.jwk) for key in keys if key.alg == "EdDSA"}

    # -- signing and verifying

    async def sign(self, context: Context, claims: Mapping[str, Any], *, typ: str, alg: str = "ES256") -> str:
        """A compact JWS (RFC 7515) over ``claims``, by the active key of ``alg``.

        ``Conflict`` for an algorithm that we don't have.
        """
        key = await self._active(context, SIGNATURES, alg)
        return await key.sign_jws(context, self._provider, jws.signing_input(key.header(typ), claims))

    async def sign_bytes(self, context: Context, *, use: str, data: bytes) -> tuple[str, bytes]:
        """``kid`` and raw Ed25519 signature over ``data``, by a key that serves this use alone (``audit``)."""
        if use == SIGNATURES:
            raise ValueError("a key for tokens signs nothing else")
        key = await self._active(context, use, "EdDSA")
        return key.model.kid, await key.sign(context, self._provider, data)

    async def verify(
        self, context: Context, token: str, *, typ: Sequence[str], algs: Sequence[str] = ()
    ) -> dict[str, Any] | None:
        """The claims of a JWS of our own with this ``typ`` ('' = none), signature first; ``None`` for anything else."""
        parts = jws.split(token)
        if parts is None or (await self._ring(context)).signer_of(parts, typ, algs) is None:
            return None
        return jws.read_claims(parts.payload)

    # -- the life of a key

    async def rotate(self, context: Context, alg: str, *, emergency: bool = False, use: str = SIGNATURES) -> SigningKey:
        """Next becomes active, active passive, and a new next is published.

        An emergency destroys the old key at once.
        """
        await self._active(context, use, alg)
        await self.prepare(context, use, alg)
        await self._states.rotate(context, use, alg, emergency=emergency)
        await self.prepare(context, use, alg)
        return (await self._active(context, use, alg)).model

    async def prepare(self, context: Context, use: str, alg: str) -> None:
        """Publish the key that will sign after the next rotation, where there is none yet."""
        ring = await self._ring(context)
        if not any((key.model.use, key.model.alg) == (use, alg) for key in ring.of_state(KeyState.NEXT)):
            await self._make(context, use, alg, KeyState.NEXT)

    async def maintain(self, context: Context, times: KeyTimes = KeyTimes()) -> None:  # noqa: B008  immutable
        """Do what is due: publish the keys that will sign next, rotate those that signed long enough, destroy old ones."""
        limits = (times.signs, times.published_ahead, times.trusted_after)
        for key in await self._database.fetch(tables.DUE_KEYS, context.tenant, *limits):
            match key["due"]:
                case "retire":
                    await self.set_state(context, key["kid"], KeyState.RETIRED)
                case "rotate":
                    await self.rotate(context, key["alg"], use=key["use"])
                case _:
                    await self.prepare(context, key["use"], key["alg"])

    async def set_state(self, context: Context, kid: str, state: KeyState) -> bool:
        """Move one key by hand; ``False`` where it isn't there or can't go that way. A retired key is destroyed."""
        return await self._states.set(context, kid, state)

    async def _active(self, context: Context, use: str, alg: str) -> Key:
        if alg not in ALGORITHMS:
            raise Conflict(f"no keys of {alg!r}")
        if key := (await self._ring(context)).active(use, alg):
            return key
        # Apart from the running transaction: what this key signs must verify even if that one is rolled back.
        await apart(lambda: self._make(context, use, alg, KeyState.ACTIVE))
        if key := (await self._ring(context)).active(use, alg):
            return key
        raise Conflict("the signing key was retired while it was made")

    async def _make(self, context: Context, use: str, alg: str, state: KeyState) -> None:
        made = await self._provider.make(context, alg, use)
        jwk = msgspec.json.encode(made.jwk).decode()
        row = (context.tenant, made.kid, alg, use, state, jwk, made.sealed)
        async with self._database.transaction():
            if await self._database.changed(tables.ADD_KEY, *row):
                await self._changed(context, KEY_CREATED, made.kid, {"alg": alg, "use": use, "state": state.value})
        self._cache.drop(context.tenant, _THING)  # where another process was first, its key is there by now

    async def _changed(self, context: Context, type_: str, kid: str, data: dict[str, Any]) -> None:
        """The event and the new version of the ring, in the running transaction."""
        await self._events.record(context, NewEvent(type=type_, object=Object("key", kid), data=data))
        await self._cache.bump(context.tenant, _THING)

    async def _ring(self, context: Context) -> KeyRing:
        async def load() -> KeyRing:
            return KeyRing(await self._database.fetch(tables.KEYS, context.tenant))

        return await self._cache.get(context.tenant, _THING, load)


if TYPE_CHECKING:
    from xenia.tokens.contracts import Keys

    _keys: type[Keys] = KeyService
