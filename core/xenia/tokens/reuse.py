"""What follows when a thing that works once is shown again.

Somebody has a copy, so everything beneath the grant ends.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from xenia.context import Context
from xenia.db import Database, apart
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.tokens.events import REUSED


class GrantEnder(Protocol):
    """Ends a grant with everything beneath."""

    async def end(self, context: Context, grant_id: UUID, *, reason: str) -> bool:
        """``True`` for exactly one caller."""
        ...


class Reuse:
    """Ends the grant of a code or refresh token that was used twice."""

    def __init__(self, database: Database, events: Events, grants: GrantEnder) -> None:
        self._database = database
        self._events = events
        self._grants = grants

    async def punish(self, context: Context, grant_id: UUID, kind: str) -> None:
        """End the grant and say why.

        Apart from the running transaction, which its owner will roll back with the refusal.
        """
        await apart(lambda: self._end(context, grant_id, kind))

    async def _end(self, context: Context, grant_id: UUID, kind: str) -> None:
        event = NewEvent(type=REUSED, object=Object("grant", str(grant_id)), data={"kind": kind}, result="refused")
        async with self._database.transaction():
            if await self._grants.end(context, grant_id, reason="reused"):
                await self._events.record(context, event)
