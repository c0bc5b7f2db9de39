"""Group commit for token paths: many callers wait for one insert, and each has its answer after the commit."""

from __future__ import annotations

import asyncio
from typing import Any

from xenia.context import Context
from xenia.db import Database, in_transaction
from xenia.errors import Unavailable
from xenia.events import tables
from xenia.events.models import NewEvent
from xenia.events.service import EventService
from xenia.jobs.loop import spawn

MOST = 500
"""How many rows one statement writes at most; it takes well below the five milliseconds that a caller may be kept."""


class EventWriter:
    """Records events outside of any transaction, together with those of other callers.

    Whoever comes while a statement runs goes with the next one, so an idle system writes at once and a busy one in large batches.
    """

    def __init__(self, database: Database, events: EventService) -> None:
        self._database = database
        self._events = events
        self._waiting: list[tuple[tables.NewRow, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[Any] | None = None
        self._closed = False

    async def record(self, context: Context, event: NewEvent) -> None:
        """Write the event; returns after its commit. Inside a transaction it is written there. Where the batch fails, every caller fails."""
        row = await self._events.row(context, event)
        if in_transaction():
            await tables.insert(self._database, row)
            return
        await self._queued(row)

    async def close(self) -> None:
        """Write what waits and accept nothing more."""
        self._closed = True
        if self._flushing is not None:
            await self._flushing

    def _queued(self, row: tables.NewRow) -> asyncio.Future[None]:
        if self._closed:
            raise Unavailable("the event writer is closed")
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        if self._flushing is None:
            self._flushing = spawn(self._flush(), "event-writer")
        return done

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._write(batch)
        finally:
            self._flushing = None

    async def _write(self, batch: list[tuple[tables.NewRow, asyncio.Future[None]]]) -> None:
        problem: BaseException | None = None
        try:
            await tables.insert_many(self._database, [row for row, _ in batch])
        except Exception as raised:  # noqa: BLE001  handed to every caller, where it is raised
            problem = raised
        for _, done in batch:
            if done.done():  # its caller was cancelled
                continue
            if problem is None:
                done.set_result(None)
            else:
                done.set_exception(problem)
