"""The revocation log: what ended, written in the transaction that ended it and tailed by every process.

A process answers from memory while its last look at the log is younger than ``TRUSTED``, and by one query otherwise.
The transaction that ends something is waited for that much longer after its commit: by then every process has either
looked or asks the database. So nothing that was said to have ended is accepted anywhere, and a check costs no
statement.

Statements: ``is_ended`` none, or 1 while unsure; ``record`` 1 in the caller's transaction; the tail 1 each
``INTERVAL``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.cache import rest
from xenia.clock import Clock
from xenia.context import Context
from xenia.db import Database, Row
from xenia.log import log
from xenia.tokens import tables

INTERVAL = 0.1
"""Seconds between two looks."""

TRUSTED = 0.3
"""How old, in seconds, the last look may be for memory to answer."""

KEPT = timedelta(minutes=10)
"""How long an ending is remembered: longer than any signed access token lives."""

_LATE = timedelta(hours=1)  # a transaction may have begun, and so dated its rows, that long before its commit

Ending = tuple[str, str, str]


class Endings:
    """What ended, in memory, each for as long as a token may still live that hangs on it."""

    def __init__(self, clock: Clock, kept: timedelta) -> None:
        self._clock = clock
        self._kept = kept.total_seconds()
        self._known: set[Ending] = set()
        self._ages: deque[tuple[float, Ending]] = deque()

    def add(self, ending: Ending) -> None:
        """Remember it from now."""
        if ending not in self._known:
            self._known.add(ending)
            self._ages.append((self._clock.monotonic(), ending))

    def forget_old(self) -> None:
        """Drop what nothing alive can hang on."""
        oldest = self._clock.monotonic() - self._kept
        while self._ages and self._ages[0][0] < oldest:
            self._known.discard(self._ages.popleft()[1])

    def __contains__(self, ending: object) -> bool:
        return ending in self._known

    def __len__(self) -> int:
        return len(self._known)


class RevocationLog:
    """One process's end of the log. Where :meth:`run` isn't running, the database is always asked."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        kept: timedelta = KEPT,
        trusted: float = TRUSTED,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.kept = kept
        self._database = database
        self._clock = clock
        self._trusted = trusted
        self._pause = pause
        self._endings = Endings(clock, kept)
        self._snapshot = ""
        self._looked_at: float | None = None
        self._woken = asyncio.Event()
        self._listeners: dict[str, Callable[[str, str], None]] = {}
        self.tell: Callable[[], None] = lambda: None  # after each ending; hurries other processes

    # -- asking

    async def is_ended(
        self, context: Context, *, grant: UUID | None = None, session: UUID | None = None, token: str = ""
    ) -> bool:
        """Whether any of these ended; from memory, or from the database while this process isn't sure of its tail."""
        asked = [("grant", str(grant or "")), ("session", str(session or "")), ("token", token)]
        asked = [(kind, id_) for kind, id_ in asked if id_]
        if any((context.tenant, kind, id_) in self._endings for kind, id_ in asked):
            return True
        return False if self.is_sure else await self._ask(context, asked)

    @property
    def is_sure(self) -> bool:
        """Whether the last look is young enough for memory to answer."""
        return self._looked_at is not None and self._clock.monotonic() - self._looked_at < self._trusted

    async def _ask(self, context: Context, asked: Sequence[tuple[str, str]]) -> bool:
        kinds, ids = [kind for kind, _ in asked], [id_ for _, id_ in asked]
        return bool(await self._database.fetchval(tables.IS_ENDED, context.tenant, kinds, ids))

    # -- telling

    async def record(self, context: Context, kind: str, ids: Iterable[str]) -> None:
        """Write to the log, in the running transaction. This process knows it as soon as that has committed, and all
        others before the owner of the transaction goes on.
        """
        endings = [(context.tenant, kind, id_) for id_ in ids]
        await self._database.execute(tables.ADD_REVOCATIONS, context.tenant, kind, [id_ for _, _, id_ in endings])
        self._database.after_commit(lambda: self._ended_here(endings))
        await self._database.wait_after_commit("revocations", self._settle)

    def _ended_here(self, endings: Iterable[Ending]) -> None:
        self._remember(endings)
        self.tell()

    async def _settle(self) -> None:
        """Wait until every process has looked, or is unsure."""
        await self._pause(self._trusted)

    # -- following

    async def run(self) -> None:
        """Follow the log until cancelled. A database that is away makes this process unsure, and nothing else."""
        while True:
            self._woken.clear()
            try:
                await self.poll()
            except Exception as problem:  # noqa: BLE001  whatever it is, the next look may succeed and checks ask meanwhile
                log.warning("revocations_not_read", problem=type(problem).__name__)
            await rest(self._woken, INTERVAL)

    def listen(self, kind: str, listener: Callable[[str, str], None]) -> None:
        """Call ``listener`` with tenant and id for every ending of that kind that this process learns of."""
        self._listeners[kind] = listener

    def wake(self) -> None:
        """Another process ended something: look now."""
        self._woken.set()

    async def poll(self) -> None:
        """Look once. The age of what is known counts from the moment of asking."""
        asked_at = self._clock.monotonic()
        rows = await self._news()
        self._remember((row["tenant_id"], row["kind"], row["id"]) for row in rows if row["id"] is not None)
        self._snapshot, self._looked_at = rows[0]["snapshot"], asked_at
        self._endings.forget_old()

    async def _news(self) -> list[Row]:
        if self._snapshot:
            return await self._database.fetch(tables.NEWS, self._snapshot)
        return await self._database.fetch(tables.RECENT, self.kept + _LATE)

    def _remember(self, endings: Iterable[Ending]) -> None:
        for ending in endings:
            self._endings.add(ending)
            if listener := self._listeners.get(ending[1]):
                listener(ending[0], ending[2])


if TYPE_CHECKING:
    from xenia.tokens.contracts import Revocations

    _revocations: type[Revocations] = RevocationLog
