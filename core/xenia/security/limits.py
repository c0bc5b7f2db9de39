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
from xenia.security.proxies import source_key
from xenia.security.secrets import keyed_digest
from xenia.security.sql import Sql

# The old row serves only to say how long to wait; whether a place is left, the conditional update alone decides.
_RESERVE = """
    WITH reserved AS (
        INSERT INTO counters AS c (tenant_id, key, window_ends, count)
        VALUES ($1, $2, now() + $3::interval, $4)
        ON CONFLICT (tenant_id, key) DO UPDATE SET
            count = CASE WHEN c.window_ends <= now() THEN $4 ELSE c.count + $4 END,
            window_ends = CASE WHEN c.window_ends <= now() THEN excluded.window_ends ELSE c.window_ends END
        WHERE c.window_ends <= now() OR c.count + $4 <= $5
        RETURNING count)
    SELECT (SELECT count FROM reserved) AS count,
           (SELECT window_ends - now() FROM counters WHERE tenant_id = $1 AND key = $2) AS wait"""

_CLEAR = "DELETE FROM counters WHERE tenant_id = $1 AND key = $2"

_SWEEP = """
    WITH gone AS (
        DELETE FROM counters WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM counters WHERE window_ends < now() LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING 1)
    SELECT count(*) FROM gone"""


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

    def using(self, sql: Sql) -> Limits:
        """The same service within another unit of work."""
        return Limits(sql, self._key)

    async def reserve(self, tenant: str, limit: Limit, key: str, *, cost: int = 1) -> Reservation | Refused:
        """Take ``cost`` places *before* doing what is limited. A refusal takes none, and doesn't lengthen the wait."""
        if not 1 <= cost <= limit.max:
            return Refused(_seconds(limit.per))
        row = await self._sql.fetchrow(_RESERVE, tenant, self._digest(tenant, limit, key), limit.per, cost, limit.max)
        if row is not None and row["count"] is not None:
            return Reservation(limit.max - row["count"])
        return Refused(_seconds((row["wait"] if row else None) or limit.per))

    async def clear(self, tenant: str, limit: Limit, key: str) -> None:
        """Forget what was counted, as for an account after its owner got in; never for an address."""
        await self._sql.execute(_CLEAR, tenant, self._digest(tenant, limit, key))

    async def sweep(self, most: int = 1000) -> int:
        """Delete up to ``most`` counters whose window is over; returns how many."""
        return int(await self._sql.fetchval(_SWEEP, most))

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

    def _remember(self, source: str, due: float) -> None:
        self._due[source] = due
        self._due.move_to_end(source)
        if len(self._due) > self._capacity:
            self._due.popitem(last=False)


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))
