"""A hasher that counts what it is asked to do."""

from __future__ import annotations

from xenia.security.hashing import PasswordHasher


class CountingHasher(PasswordHasher):
    """Hashes as the real one does. ``work`` names each call, a dummy's verification included."""

    def __init__(self) -> None:
        super().__init__(workers=1, queue=500)
        self.work: list[str] = []

    async def hash(self, text: str) -> str:
        """Count, then hash."""
        self.work.append("hash")
        return await super().hash(text)

    async def verify(self, text: str, encoded: str) -> bool:
        """Count, then verify."""
        self.work.append("verify")
        return await super().verify(text, encoded)
