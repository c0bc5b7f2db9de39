"""What others may ask of applications."""

from __future__ import annotations

from typing import Protocol

from xenia.applications.models import Application
from xenia.context import Context


class Applications(Protocol):
    """The applications of the context's tenant, cached one by one and followed by version."""

    async def get(self, context: Context, application_id: str) -> Application | None:
        """The application, or ``None``."""
        ...

    async def list(self, context: Context, *, after: str = "", limit: int = 50) -> tuple[Application, ...]:
        """A keyset page, by id."""
        ...

    async def put(self, context: Context, application: Application, *, expected: int | None = None) -> Application:
        """Create or replace one; protocol parts are validated by their plugins. Raises ``Invalid`` by field.

        ``expected`` is the version it must have at that moment (0 = it must not exist), else ``Conflict``.
        """
        ...

    async def remove(self, context: Context, application_id: str) -> bool:
        """Remove one; its grants and tokens end at that moment."""
        ...

    async def add_secret(self, context: Context, application_id: str, secret: str | None = None) -> str:
        """Add a client secret (a fresh one unless given; two may live side by side for rotation) and return it, the
        only time it is seen.
        """
        ...

    async def check_secret(self, context: Context, application_id: str, secret: str) -> bool:
        """Whether the secret is one of the application's: constant time, from the cache."""
        ...

    async def remove_secrets(self, context: Context, application_id: str, *, keep_newest: bool) -> int:
        """End old secrets; the number ended."""
        ...
