"""Group commit for token paths: many callers wait for one insert, and each has its answer after the commit."""

from __future__ import annotations

from xenia.context import Context
from xenia.db import Database
from xenia.errors import Unavailable
from xenia.events import tables
from xenia.events.models import Beside, NewEvent
from xenia.events.service import EventService


class EventWriter:
    """Records events together with those of other callers (:meth:`xenia.db.Database.write`)."""

    def __init__(self, database: Database, events: EventService) -> None:
        self._database = database
        self._events = events
        self._closed = False

    async def record(self, context: Context, event: NewEvent, beside: Beside | None = None) -> None:
        """Write the event, and ``beside`` in the same statement; returns after the commit. Inside a transaction it is
        written there.
        """
        if self._closed:
            raise Unavailable("the event writer is closed")
        await tables.insert_together(self._database, await self._events.row(context, event), beside)

    async def close(self) -> None:
        """Write what waits and accept nothing more."""
        self._closed = True
        await self._database.written()
