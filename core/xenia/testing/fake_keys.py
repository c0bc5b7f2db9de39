"""Keys in memory: for persons and for the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xenia.context import Context


class FakePersonKeys:
    """Marks what it seals with its place, so that moved values don't open, and forgets persons on demand."""

    def __init__(self) -> None:
        self.forgotten: set[UUID] = set()

    async def person_seal(self, context: Context, person: UUID, row: str, plaintext: bytes) -> bytes:
        """The plaintext behind a mark."""
        return _mark(context, person, row) + plaintext

    async def person_open_many(
        self, context: Context, items: Sequence[tuple[UUID, str, bytes]]
    ) -> Sequence[bytes | None]:
        """Each without its mark; ``None`` for a forgotten person."""
        return [self._open(context, *item) for item in items]

    def _open(self, context: Context, person: UUID, row: str, sealed: bytes) -> bytes | None:
        return None if person in self.forgotten else sealed.removeprefix(_mark(context, person, row))


def _mark(context: Context, person: UUID, row: str) -> bytes:
    return f"sealed:{context.tenant}:{person}:{row}:".encode()


class FakeAuditKeys:
    """One audit key for each tenant."""

    def __init__(self) -> None:
        self._keys: dict[str, Ed25519PrivateKey] = {}

    async def sign_bytes(self, context: Context, *, use: str, data: bytes) -> tuple[str, bytes]:
        """Sign with the tenant's key."""
        return self._kid(context, use), self._key(context).sign(data)

    async def public_keys(self, context: Context, *, use: str) -> Mapping[str, bytes]:
        """The tenant's public key."""
        return {self._kid(context, use): self._key(context).public_key().public_bytes_raw()}

    def _kid(self, context: Context, use: str) -> str:
        return f"{use}-{context.tenant}"

    def _key(self, context: Context) -> Ed25519PrivateKey:
        return self._keys.setdefault(context.tenant, Ed25519PrivateKey.generate())


class FakeSealing:
    """Seals by a mark that names the place; opening elsewhere fails loudly."""

    async def seal(self, context: Context, purpose: str, row: str, plaintext: bytes) -> bytes:
        """The plaintext, reversed, behind a mark."""
        return f"{purpose}:{context.tenant}:{row}:".encode() + plaintext[::-1]

    async def open(self, context: Context, purpose: str, row: str, sealed: bytes) -> bytes:
        """Open what was sealed in this very place."""
        mark = f"{purpose}:{context.tenant}:{row}:".encode()
        assert sealed.startswith(mark), "opened in another place than it was sealed for"
        return sealed.removeprefix(mark)[::-1]
