"""Client secrets: those we make are stored as SHA-256, those that people choose as argon2id.

A secret of people's choice costs one hash when it is seen first; then a keyed digest of it is kept in memory, so that a
client that asks for a token every second stays cheap. The key is random and lives as long as the process.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from weakref import WeakValueDictionary

from xenia.errors import Invalid
from xenia.messages import text
from xenia.security.hashing import PasswordHasher
from xenia.security.secrets import check_secret, digest, keyed_digest, new_secret, same

KIND = "cs"
"""The kind of the secrets that we make: ``xcs_...``."""

SHORTEST = 16
LONGEST = 512
_MADE = "sha256:"
_KEPT = 10_000


class ClientSecrets:
    """Makes, hashes and verifies client secrets."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._key = secrets.token_bytes(32)
        self._verified: OrderedDict[bytes, None] = OrderedDict()
        self._looking: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    def make(self) -> str:
        """A fresh secret of full entropy."""
        return new_secret(KIND)

    async def hash(self, secret: str) -> str:
        """How it is stored. Raises ``Invalid`` for a chosen one that is too short or not plain text (RFC 6749 appendix
        A.2).
        """
        if made := check_secret(KIND, secret):
            return _MADE + made.hex()
        if not SHORTEST <= len(secret) <= LONGEST or not all(" " <= char <= "~" for char in secret):
            raise Invalid({"secret": text("application.secret.form", shortest=SHORTEST, longest=LONGEST)})
        return await self._hasher.hash(secret)

    async def verify(self, secret: str, hashes: Sequence[str]) -> bool:
        """Whether it is one of those that were stored."""
        if len(secret) > LONGEST:
            return False
        made = _MADE + digest(secret).hex()
        # A list, not a generator: how many there are is no secret, which one it was shouldn't show.
        if any([same(made, known) for known in hashes]):  # noqa: C419
            return True
        return await self._is_chosen(secret, [known for known in hashes if not known.startswith(_MADE)])

    async def _is_chosen(self, secret: str, hashes: Sequence[str]) -> bool:
        if not hashes:
            return False
        mark = keyed_digest(self._key, "client-secret", secret, *hashes)
        if mark in self._verified:
            self._verified.move_to_end(mark)
            return True
        # Whoever comes while a secret is seen first waits for that one hash instead of making another.
        async with self._looking.setdefault(mark, asyncio.Lock()):
            if mark in self._verified:
                return True
            for known in hashes:
                if await self._hasher.verify(secret, known):
                    self._keep(mark)
                    return True
        return False

    def _keep(self, mark: bytes) -> None:
        self._verified[mark] = None
        while len(self._verified) > _KEPT:
            self._verified.popitem(last=False)
