"""Limits that hold under a race: a place is reserved by one statement before the guess is looked at.

``Limits`` counts in PostgreSQL and is exact; ``Shield`` counts in the process, may forget, and keeps a flood from
reaching anything that costs.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from xenia.clock import Clock, SystemClock
from xenia.db import apart
from xenia.security import tables
from xenia.security.proxies import source_key
from xenia.security.secrets import keyed_digest
from xenia.security.sql import Sql


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``max`` within ``per``, counted from the first; ``name`` keeps limits on one key apart."""

    name: str
    max: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place was taken; ``remaining`` are left in this window."""

    remaining: int


@dataclass(frozen=True, slots=True)
class Refused:
    """No place is left; ask again in ``retry_after`` whole seconds."""

    retry_after: int


class Limits:
    """Exact counters. Keys (accounts, addresses) are stored only as digests under ``key`` (32 bytes)."""

    def __init__(self, sql: Sql, key: bytes) -> None:
        self._sql = sql
        self._key = key

    async def reserve(self, tenant: str, limit: Limit, key: str, *, cost: int = 1) -> Reservation | Refused:
        """Take ``cost`` places *before* doing what is limited. A refusal takes none, and doesn't lengthen the wait.

        It stands apart from the running transaction, whose rollback would give the places back.
        """
        if not 1 <= cost <= limit.max:
            return Refused(_seconds(limit.per))
        place = (tenant, self._digest(tenant, limit, key), limit.per, cost, limit.max)
        row = await apart(lambda: self._sql.fetchrow(tables.RESERVE, *place))
        if row is not None and row["count"] is not None:
            return Reservation(limit.max - row["count"])
        return Refused(_seconds((row["wait"] if row else None) or limit.per))

    async def taken(self, tenant: str, limit: Limit, key: str) -> int:
        """How many places are taken now. Shows a page or asks for more care; what decides is ``reserve``."""
        return int(await self._sql.fetchval(tables.TAKEN, tenant, self._digest(tenant, limit, key)) or 0)

    async def give_back(self, tenant: str, limit: Limit, key: str) -> None:
        """Return one place that turned out not to be needed: nothing was guessed."""
        await self._sql.execute(tables.GIVE_BACK, tenant, self._digest(tenant, limit, key))

    async def clear(self, tenant: str, limit: Limit, key: str) -> None:
        """Forget what was counted, as for an account after its owner got in; never for an address."""
        await self._sql.execute(tables.CLEAR, tenant, self._digest(tenant, limit, key))

    async def sweep(self, most: int = 1000) -> int:
        """Delete up to ``most`` counters whose window is over; returns how many."""
        return int(await self._sql.fetchval(tables.SWEEP_COUNTERS, most))

    def _digest(self, tenant: str, limit: Limit, key: str) -> bytes:
        return keyed_digest(self._key, "limit", tenant, limit.name, key)


class Shield:
    """A lossy token bucket for each source, by the generic cell rate algorithm: one float a source.

    ``rate`` requests a second on average, ``burst`` at once; IPv6 counts by /64. The ``capacity`` most recent sources
    are remembered; forgetting one lets it through, which is why nothing that must hold relies on a shield alone.
    """

    def __init__(self, rate: float, burst: int, *, clock: Clock | None = None, capacity: int = 100_000) -> None:
        self._interval = 1 / rate
        self._tolerance = burst / rate
        self._clock = clock or SystemClock()
        self._capacity = capacity
        self._due: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str, cost: int = 1) -> float:
        """0.0 if the source may pass, which is counted; otherwise the seconds until it may, which are not."""
        source, now = source_key(address), self._clock.monotonic()
        due = max(self._due.get(source, now), now) + cost * self._interval
        excess = due - now - self._tolerance
        # A millionth of a second forgives the rounding of floats at the edge of the burst.
        if excess > 1e-6:
            return excess
        self._remember(source, due)
        return 0.0

    def give_back(self, address: str, cost: int = 1) -> None:
        """Return what turned out not to be needed."""
        source = source_key(address)
        if source in self._due:
            self._due[source] -= cost * self._interval

    def _remember(self, source: str, due: float) -> None:
        self._due[source] = due
        self._due.move_to_end(source)
        if len(self._due) > self._capacity:
            self._due.popitem(last=False)


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))
