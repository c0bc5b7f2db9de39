"""Configuration in memory: immutable objects, cached one by one, least recently used dropped, followed by version.

The table ``versions`` is the truth. Each process asks it once a second what has changed and drops that; so commands and
workers beside ``serve`` are seen. "What has changed" is asked by transaction, not by time: the answer holds everything
that wasn't visible to the poll before, however long its transaction took. When no poll has succeeded for five seconds,
:meth:`ConfigCache.get` raises ``Unavailable``.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from xenia.clock import Clock, SystemClock
from xenia.db import Database, changed_here, in_transaction
from xenia.errors import Unavailable
from xenia.log import log

T = TypeVar("T")
Key = tuple[str, str]
Versions = dict[Key, int]

POLL_SECONDS = 1.0
STALE_SECONDS = 5.0
CAPACITY = 20_000

_POLL = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS below, v.tenant_id, v.thing, v.version
FROM (SELECT 1) AS one LEFT JOIN versions v ON v.transaction >= $1::text::xid8"""

_BUMP = """
INSERT INTO versions (tenant_id, thing) VALUES ($1, $2)
ON CONFLICT (tenant_id, thing) DO UPDATE
SET version = versions.version + 1, transaction = pg_current_xact_id(), changed_at = clock_timestamp()"""


async def rest(woken: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until woken."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()


class _Loading:
    """Loads of one key that are under way. ``dropped`` says that what they read may be old already."""

    __slots__ = ("count", "dropped")

    def __init__(self) -> None:
        self.count = 0
        self.dropped = False


class ConfigCache:
    """Configuration objects by tenant and thing.

    ``live`` caches and needs :meth:`run` beside it; otherwise everything is read through, as commands and most tests
    want it.
    """

    def __init__(
        self, database: Database, *, live: bool = False, capacity: int = CAPACITY, clock: Clock | None = None
    ) -> None:
        self._database = database
        self._live = live
        self._capacity = capacity
        self._clock = clock or SystemClock()
        self._values: OrderedDict[Key, Any] = OrderedDict()
        self._loading: dict[Key, _Loading] = {}
        self._below: str | None = None
        self._seen: Versions = {}
        self._fresh_at: float | None = None
        self._woken = asyncio.Event()
        self.generation = 0  # rises with every change: what was made of configuration is good while it stays the same
        self.tell: Callable[[], None] = lambda: None  # after each change; hurries other processes

    # -- asking

    async def get(self, tenant: str, thing: str, load: Callable[[], Awaitable[T]]) -> T:
        """The object, loaded where it isn't cached. ``None`` is never cached, so that strangers' guesses take no room.

        Inside a transaction nothing is stored, and what that transaction changed is read anew. Raises ``Unavailable``
        while stale.
        """
        key = (tenant, thing)
        if not self._live:
            return await load()
        self._check_fresh()
        if key in changed_here():
            return await load()
        if key in self._values:
            self._values.move_to_end(key)
            return cast("T", self._values[key])
        return await load() if in_transaction() else await self._load(key, load)

    def _check_fresh(self) -> None:
        if not self.is_fresh:
            raise Unavailable("the configuration in memory may be old: the version table can't be read")

    @property
    def is_fresh(self) -> bool:
        """Whether a change elsewhere would be known here by now."""
        return self._fresh_at is not None and self._clock.monotonic() - self._fresh_at <= STALE_SECONDS

    async def _load(self, key: Key, load: Callable[[], Awaitable[T]]) -> T:
        """Load and keep, unless it was dropped meanwhile: then what was read may be from before the change."""
        loading = self._loading.setdefault(key, _Loading())
        loading.count += 1
        try:
            value = await load()
        finally:
            loading.count -= 1
            if not loading.count and self._loading.get(key) is loading:
                del self._loading[key]
        if not loading.dropped and value is not None:
            self._keep(key, value)
        return value

    def _keep(self, key: Key, value: object) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)

    # -- changing

    async def bump(self, tenant: str, thing: str) -> None:
        """Tell every process that a thing changed, in the running transaction; this process drops it after the commit."""
        await self._database.execute(_BUMP, tenant, thing)
        changed_here().add((tenant, thing))
        self._database.after_commit(lambda: self._dropped(tenant, thing))

    def _dropped(self, tenant: str, thing: str) -> None:
        self.drop(tenant, thing)
        self.tell()

    def drop(self, tenant: str, thing: str) -> None:
        """Forget one object."""
        self.generation += 1
        key = (tenant, thing)
        self._values.pop(key, None)
        if loading := self._loading.pop(key, None):
            loading.dropped = True

    # -- following

    async def run(self) -> None:
        """Follow the version table until cancelled: each second, and at once when woken."""
        while True:
            self._woken.clear()
            try:
                await self.poll()
            except Exception as problem:  # noqa: BLE001  whatever it is, the next poll may succeed, and `get` sees the age
                log.warning("versions_not_read", problem=repr(problem))
            await rest(self._woken, POLL_SECONDS)

    def wake(self) -> None:
        """Another process changed something: look now."""
        self._woken.set()

    async def poll(self) -> None:
        """Drop what has changed since the last poll. Its age counts from the moment of asking."""
        asked_at = self._clock.monotonic()
        rows = await self._database.fetch(_POLL, self._below or await self._start())
        found = {(row["tenant_id"], row["thing"]): row["version"] for row in rows if row["thing"] is not None}
        for key, version in found.items():
            if self._seen.get(key) != version:
                self.drop(*key)
        self._seen, self._below, self._fresh_at = found, rows[0]["below"], asked_at

    async def _start(self) -> str:
        """Where the first poll begins: nothing is cached yet, so what was visible before doesn't matter."""
        return cast("str", await self._database.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
