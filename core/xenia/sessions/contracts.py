"""What others may ask of sessions. Only the end of a journey begins one, so beginning is not offered here."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from xenia.context import Context
from xenia.sessions.models import Session


class Sessions(Protocol):
    """The sessions of the context's tenant."""

    async def get(self, context: Context, session_id: UUID) -> Session | None:
        """A live session by its id."""
        ...

    async def of_user(self, context: Context, user_id: UUID) -> tuple[Session, ...]:
        """The live sessions of a user, last seen first."""
        ...

    async def recent(
        self, context: Context, *, among: frozenset[UUID] | None = None, after: UUID | None = None, limit: int = 50
    ) -> tuple[Session, ...]:
        """A keyset page of live sessions, the newest first; only of the users ``among``, where given."""
        ...

    async def end(self, context: Context, session_id: UUID, *, user_id: UUID | None = None, reason: str) -> bool:
        """End one (of that user, where given) with all grants beneath it; ``True`` for exactly one caller."""
        ...

    async def end_all(self, context: Context, user_id: UUID, *, keep: UUID | None = None, reason: str) -> int:
        """End all sessions of a user but ``keep``; the number ended."""
        ...
