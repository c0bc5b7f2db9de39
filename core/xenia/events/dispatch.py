"""Subscribers follow the sealed events of each tenant: in order, at least once, each with a cursor of its own.

A subscriber that fails is tried again with back-off, and only its own cursor of that tenant waits; what fails too often is parked, for ``xenia events
retry``, and the cursor goes on. A subscriber begins with what is sealed after it was first seen in this installation, and passes over what happens
while its plugin is off; one with ``history`` gets everything. Of many processes one follows a cursor at a time, by a lease that a dead process loses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from xenia.clock import Clock
from xenia.context import Context, system_actor
from xenia.db import Database
from xenia.events import tables
from xenia.events.contracts import Subscriber
from xenia.events.service import EventService
from xenia.jobs.backoff import backoff, named
from xenia.jobs.loop import Loop
from xenia.log import log
from xenia.plugin.registry import CORE

PAUSE = 5.0
"""Seconds between looks at all tenants; in between the sealer says where something is new."""
STEP = 200
TOGETHER = 8
LEASE = timedelta(seconds=60)
HANDLE_SECONDS = 20.0
TRIES = 12
"""With the back-off this is a bit more than an hour."""

_AT_ONCE = timedelta(0)

Enabled = Callable[[str], Awaitable[Collection[str]]]
"""The plugins that are on for a tenant, by its id."""


class Subscription(NamedTuple):
    """A subscriber and the plugin that it belongs to (``core`` = the core's own, always on)."""

    plugin: str
    subscriber: Subscriber


class Dispatcher:
    """Offers sealed events to subscribers. :meth:`wake` takes the tenants that were just sealed."""

    def __init__(
        self,
        database: Database,
        events: EventService,
        subscriptions: Sequence[Subscription],
        enabled: Enabled,
        clock: Clock,
    ) -> None:
        self._database = database
        self._events = events
        self._by_name = {entry.subscriber.name: entry for entry in subscriptions}
        self._enabled = enabled
        self._clock = clock
        self._places = asyncio.Semaphore(TOGETHER)
        self._fresh: set[str] = set()
        self._looked_at = -PAUSE
        self._is_known = False
        self._loop = Loop("event-dispatcher", self._round, pause=PAUSE)

    def start(self) -> None:
        """Follow from now on. Without subscribers there is nothing to do."""
        if self._by_name:
            self._loop.start()

    async def stop(self) -> None:
        """Finish the steps in work and end."""
        await self._loop.stop()

    def wake(self, tenants: Sequence[str]) -> None:
        """These tenants have new positions."""
        self._fresh.update(tenants)
        self._loop.wake()

    async def begin(self) -> None:
        """Note who is there: whoever was never seen before begins here. Done by the loop; for tests."""
        if not self._is_known:
            await tables.know(self._database, list(self._by_name), list(self._with_history))
            self._is_known = True

    @property
    def _with_history(self) -> frozenset[str]:
        return frozenset(name for name, entry in self._by_name.items() if getattr(entry.subscriber, "history", False))

    async def _round(self) -> bool:
        await self.begin()
        fresh, self._fresh = self._fresh, set()
        if self._clock.monotonic() - self._looked_at >= PAUSE:
            self._looked_at = self._clock.monotonic()
            return await self.dispatch()
        return await self.dispatch(sorted(fresh)) if fresh else False

    async def dispatch(self, tenants: Sequence[str] | None = None) -> bool:
        """One step for each subscriber that is behind, in these tenants or in all; whether any has more to do."""
        behind = await tables.behind(self._database, list(self._by_name), tenants)
        waiting = [pair for pair in behind if await self._is_on(*pair)]
        if off := [pair for pair in behind if pair not in waiting and pair[1] not in self._with_history]:
            await tables.skip(self._database, off)
        steps = await asyncio.gather(*(self._step(tenant, self._by_name[name]) for tenant, name in waiting))
        self._fresh.update(tenant for (tenant, _), more in zip(waiting, steps, strict=True) if more)
        return any(steps)

    async def _is_on(self, tenant: str, subscriber: str) -> bool:
        plugin = self._by_name[subscriber].plugin
        return plugin == CORE or plugin in await self._enabled(tenant)

    async def _step(self, tenant: str, entry: Subscription) -> bool:
        """Up to :data:`STEP` positions of one cursor; whether there are more."""
        async with self._places:
            held = await tables.lease(self._database, tenant, entry.subscriber.name, LEASE)
            return held is not None and await self._follow(held, entry.subscriber)

    async def _follow(self, held: tables.Lease, subscriber: Subscriber) -> bool:
        rows = await tables.sealed(self._database, held.tenant, held.position, held.position + STEP)
        wanted = [row for row in rows if not row["missing"] and matches(row["type"], subscriber.types)]
        renewed = self._clock.monotonic()
        for event in await self._events.opened(_context(held.tenant, held.subscriber), wanted):
            try:
                async with asyncio.timeout(HANDLE_SECONDS):
                    await subscriber.handle(_context(held.tenant, held.subscriber), event)
            except Exception as problem:  # noqa: BLE001  whatever a plugin raises costs only its own cursor
                await self._failed(held, event.position - 1, problem)
                return False
            if self._clock.monotonic() - renewed > LEASE.total_seconds() / 3:
                renewed = self._clock.monotonic()
                if (longer := await tables.move(self._database, held, event.position, wait=LEASE)) is None:
                    return False
                held = longer
        last = rows[-1]["position"] if rows else held.position
        return await tables.move(self._database, held, last, wait=_AT_ONCE) is not None and len(rows) == STEP

    async def _failed(self, held: tables.Lease, position: int, problem: Exception) -> None:
        # A step that got further than the last one is a new failure, not the same again.
        failures = held.failures + 1 if position == held.position else 1
        if failures >= TRIES:
            await self._park(held, position + 1, named(problem))
            return
        wait = backoff(failures)
        log.warning(
            "subscriber_failed",
            subscriber=held.subscriber,
            tenant=held.tenant,
            position=position + 1,
            problem=type(problem).__name__,
        )
        await tables.move(self._database, held, position, wait=wait, failures=failures, problem=named(problem))
        asyncio.get_running_loop().call_later(wait.total_seconds() + 0.05, self.wake, [held.tenant])

    # -- what could not be taken

    async def _park(self, held: tables.Lease, position: int, problem: str) -> None:
        """Put the event aside, so that those after it go on."""
        log.error("event_parked", subscriber=held.subscriber, tenant=held.tenant, position=position, problem=problem)
        async with self._database.transaction():
            if await tables.move(self._database, held, position, wait=_AT_ONCE) is not None:
                await tables.park(self._database, held.tenant, held.subscriber, position, problem)
        self.wake([held.tenant])

    async def retry(self, tenant: str = "", subscriber: str = "") -> tuple[int, int]:
        """Offer what was parked again: how many were taken, and how many failed and stay. Of a subscriber that is installed
        and on.
        """
        taken = failed = 0
        for row in await tables.parked(self._database, tenant, subscriber):
            if row["subscriber"] in self._by_name and await self._is_on(row["tenant_id"], row["subscriber"]):
                was_taken = await self._offer_again(row["tenant_id"], row["subscriber"], row["position"])
                taken, failed = taken + was_taken, failed + (not was_taken)
        return taken, failed

    async def _offer_again(self, tenant: str, name: str, position: int) -> bool:
        context = _context(tenant, name)
        rows = await tables.sealed(self._database, tenant, position - 1, position)
        try:
            for event in await self._events.opened(context, [row for row in rows if not row["missing"]]):
                async with asyncio.timeout(HANDLE_SECONDS):
                    await self._by_name[name].subscriber.handle(context, event)
        except Exception as problem:  # noqa: BLE001  it stays where it is
            await tables.park(self._database, tenant, name, position, named(problem))
            return False
        await tables.unpark(self._database, tenant, name, position)
        return True


def _context(tenant: str, subscriber: str) -> Context:
    return Context(tenant=tenant, actor=system_actor(f"subscriber:{subscriber}"))


def matches(type_: str, wanted: Sequence[str]) -> bool:
    """Whether an event's kind is one of ``wanted``: exact names, ``noun.*``, or ``*`` for all."""
    return any(type_ == name or name == "*" or (name.endswith(".*") and type_.startswith(name[:-1])) for name in wanted)
