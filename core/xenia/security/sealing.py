"""Envelope encryption for what must be read back: AES-256-GCM under a tenant's data key, itself under a master key.

A sealed value is ``version (1) | key id (4) | nonce (12) | ciphertext and tag``. The associated data hold that header,
the purpose, the tenant and the row, so that a value moved to another row, tenant or use does not open. The master key
lives in a file and never in the database.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xenia.errors import SetupError, XeniaError
from xenia.security.secrets import joined

_VERSION = 1
_NONCE = 12
_HEADER = 1 + 4 + _NONCE
_TAG = 16
_KEY = 32


class SealError(XeniaError):
    """A sealed value does not open: cut, altered, moved, or sealed under a key that is not here."""

    code = "seal"


@dataclass(frozen=True, slots=True)
class Associated:
    """Where a sealed value belongs: what for, whose, and in which row."""

    purpose: str
    tenant: str
    row: str

    def encode(self) -> bytes:
        """The one byte string that stands for these three."""
        return joined(self.purpose, self.tenant, self.row)


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """A key of 32 bytes and the four bytes that name it in a header."""

    id: bytes
    key: bytes


class Sealer:
    """Seals and opens with AES-256-GCM (NIST SP 800-38D). The first key seals, all of them open."""

    def __init__(self, *keys: DataKey) -> None:
        if not keys:
            raise ValueError("a sealer needs a key")
        self._newest = keys[0].id
        self._ciphers = {key.id: AESGCM(key.key) for key in keys}

    def seal(self, plaintext: bytes, associated: Associated) -> bytes:
        """The sealed form of ``plaintext``, 33 bytes longer."""
        prefix = bytes([_VERSION]) + self._newest
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[self._newest].encrypt(nonce, plaintext, prefix + associated.encode())
        return prefix + nonce + sealed

    def open(self, sealed: bytes, associated: Associated) -> bytes:
        """The plaintext; ``SealError`` on anything wrong."""
        if not self.knows(sealed):
            raise SealError("not a sealed value, or sealed under an unknown key")
        prefix, nonce, body = sealed[:5], sealed[5:_HEADER], sealed[_HEADER:]
        try:
            return self._ciphers[prefix[1:]].decrypt(nonce, body, prefix + associated.encode())
        except InvalidTag as error:
            raise SealError(f"a sealed value for {associated.purpose!r} does not open") from error

    def knows(self, sealed: bytes) -> bool:
        """Whether ``sealed`` has our form and names one of our keys."""
        return len(sealed) >= _HEADER + _TAG and sealed[0] == _VERSION and sealed[1:5] in self._ciphers

    def is_current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` is under the newest key; if not, it may be sealed again."""
        return sealed[1:5] == self._newest


class MasterKey:
    """The key above all data keys: 32 bytes in a file that only its owner may read."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY:
            raise SetupError("a master key is 32 bytes long")
        self._key = key
        self.id = hashlib.sha256(key).hexdigest()[:8]

    @classmethod
    def create(cls, path: Path) -> MasterKey:
        """Write a fresh key to ``path`` (mode 0600, whole or not at all); ``SetupError`` if something is there."""
        key = secrets.token_bytes(_KEY)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write_private(draft, key.hex() + "\n")
            # A link, unlike a rename, refuses to replace a key that another process made meanwhile.
            os.link(draft, path)
        except FileExistsError as error:
            raise SetupError(f"{path} exists already; a master key is never overwritten") from error
        except OSError as error:
            raise SetupError(f"the master key can't be written to {path}: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> MasterKey:
        """Read the key at ``path``; ``SetupError`` with one clear line if it is missing, open to others or no key."""
        text = _read_private(path)
        try:
            return cls(bytes.fromhex(text))
        except ValueError as error:
            raise SetupError(f"{path} does not hold a master key (64 hexadecimal digits)") from error

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose (HKDF-SHA-256, RFC 5869)."""
        return HKDF(SHA256(), _KEY, salt=None, info=joined("xenia", purpose)).derive(self._key)

    def __repr__(self) -> str:
        return f"<MasterKey {self.id}>"


class WrappedKeys(Protocol):
    """Where data keys are kept, wrapped: one row for each tenant and generation (1, 2, …)."""

    async def load(self, tenant: str) -> Sequence[tuple[int, bytes]]:
        """Generation and wrapped key of every data key of the tenant, in any order."""

    async def add(self, tenant: str, generation: int, wrapped: bytes) -> bool:
        """Keep a new generation; False if that generation exists (``ON CONFLICT DO NOTHING``)."""


class DataKeys:
    """Each tenant's data keys: made when first needed, wrapped by the master key, cached in the process.

    ``retired`` master keys still unwrap, so that the master key can be changed; ``capacity`` bounds the cache.
    """

    def __init__(
        self, master: MasterKey, store: WrappedKeys, *, retired: Sequence[MasterKey] = (), capacity: int = 10_000
    ) -> None:
        self._wrapper = Sealer(*(_wrapping_key(one) for one in (master, *retired)))
        self._store = store
        self._capacity = capacity
        self._cache: OrderedDict[str, Sealer] = OrderedDict()

    async def seal(self, plaintext: bytes, associated: Associated) -> bytes:
        """Seal under the newest data key of the associated tenant."""
        return (await self._sealer(associated.tenant)).seal(plaintext, associated)

    async def open(self, sealed: bytes, associated: Associated) -> bytes:
        """Open under any data key of the associated tenant; ``SealError`` on anything wrong."""
        sealer = await self._sealer(associated.tenant)
        if not sealer.knows(sealed):
            # Another process may have rotated the key since we looked.
            self.forget(associated.tenant)
            sealer = await self._sealer(associated.tenant)
        return sealer.open(sealed, associated)

    async def rotate(self, tenant: str) -> int:
        """Give the tenant a newer data key, which seals from now on; older ones still open. Returns its generation."""
        generation = max((number for number, _ in await self._store.load(tenant)), default=0) + 1
        await self._add(tenant, generation)
        self.forget(tenant)
        return generation

    def forget(self, tenant: str) -> None:
        """Drop the tenant's keys from the cache, as after rotation or erasure."""
        self._cache.pop(tenant, None)

    async def _sealer(self, tenant: str) -> Sealer:
        if tenant not in self._cache:
            self._cache[tenant] = await self._load(tenant)
            while len(self._cache) > self._capacity:
                self._cache.popitem(last=False)
        self._cache.move_to_end(tenant)
        return self._cache[tenant]

    async def _load(self, tenant: str) -> Sealer:
        rows = await self._store.load(tenant)
        if not rows:
            # Whoever of several processes is first wins; all of them use what is then stored.
            await self._add(tenant, 1)
            rows = await self._store.load(tenant)
        newest_first = sorted(rows, reverse=True)
        return Sealer(*(self._unwrap(tenant, number, wrapped) for number, wrapped in newest_first))

    async def _add(self, tenant: str, generation: int) -> None:
        wrapped = self._wrapper.seal(secrets.token_bytes(_KEY), _place(tenant, generation))
        await self._store.add(tenant, generation, wrapped)

    def _unwrap(self, tenant: str, generation: int, wrapped: bytes) -> DataKey:
        return DataKey(generation.to_bytes(4, "big"), self._wrapper.open(wrapped, _place(tenant, generation)))


def _place(tenant: str, generation: int) -> Associated:
    return Associated("data-key", tenant, str(generation))


def _wrapping_key(master: MasterKey) -> DataKey:
    return DataKey(bytes.fromhex(master.id), master.derive("data-keys"))


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _read_private(path: Path) -> str:
    try:
        with path.open(encoding="ascii") as file:
            # The open file is asked, not the path, which could be swapped in between.
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise SetupError(f"the master key {path} is not a file")
            if mode & 0o077:
                raise SetupError(f"others may read the master key {path}: run `chmod 600 {path}`")
            return file.read(256)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SetupError(f"the master key {path} can't be read: {reason}") from error
