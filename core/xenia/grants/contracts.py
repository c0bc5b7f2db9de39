"""What protocol plugins may ask of grants and subjects."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from xenia.context import Context
from xenia.grants.models import Grant, NewGrant


class Grants(Protocol):
    """The grants of the context's tenant."""

    async def open(self, context: Context, new: NewGrant) -> Grant:
        """Open a grant, with its event."""
        ...

    async def of_client(self, context: Context, application: str) -> Grant:
        """The standing grant of an application that acts for itself; made at its first use."""
        ...

    async def get(self, context: Context, grant_id: UUID) -> Grant | None:
        """A grant that has not ended."""
        ...

    async def of_user(self, context: Context, user_id: UUID) -> tuple[Grant, ...]:
        """The live grants of a person, newest first."""
        ...

    async def of_session(self, context: Context, session_id: UUID) -> tuple[Grant, ...]:
        """Every grant that was opened in a session, ended ones too: whom a logout must be told to."""
        ...

    async def end(self, context: Context, grant_id: UUID, *, reason: str) -> bool:
        """End it and everything beneath; ``True`` for exactly one caller."""
        ...


class Subjects(Protocol):
    """The ``sub`` an application sees: a stored random value per (user, sector), stable through merge and undo."""

    async def of_user(self, context: Context, user_id: UUID, sector: str = "") -> str:
        """The subject of a user in a sector (empty = public), made at its first use."""
        ...

    async def user_of(self, context: Context, subject: str) -> UUID | None:
        """The user behind a subject of this tenant."""
        ...
