"""The statements of the tables ``jobs`` and ``periodic_jobs``.

``run_at`` is when a job may next be taken: its time, the end of its lease, or the end of its back-off. ``attempts`` counts how often it was taken and
is the token of whoever took it last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from xenia.db import Database

_INSERT = """
    INSERT INTO jobs (tenant_id, id, name, key, data, run_at)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
    ON CONFLICT (tenant_id, name, key) WHERE key <> '' AND dead_at IS NULL AND attempts = 0 DO NOTHING"""

_CLAIM = """
    UPDATE jobs SET attempts = attempts + 1, run_at = now() + $3::interval, leased_until = now() + $3::interval
    WHERE (tenant_id, id) IN (
        SELECT tenant_id, id FROM jobs
        WHERE dead_at IS NULL AND run_at <= now() AND name = ANY ($1::text[])
        ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING tenant_id, id, name, data, attempts"""

_MINE = "WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND leased_until IS NOT NULL"
_EXTEND = f"UPDATE jobs SET run_at = now() + $4::interval, leased_until = now() + $4::interval {_MINE}"
_DONE = f"DELETE FROM jobs {_MINE}"
_POSTPONE = f"""
    UPDATE jobs SET run_at = now() + $4::interval, leased_until = NULL, problem = $5, attempts = greatest(attempts - $6, 1)
    {_MINE}"""
_BURY = f"UPDATE jobs SET dead_at = now(), leased_until = NULL, problem = $4 {_MINE}"


class Taken(NamedTuple):
    """A job that this process has taken."""

    tenant: str
    id: UUID
    name: str
    data: bytes
    attempts: int


async def insert(
    database: Database, tenant: str, id_: UUID, name: str, key: str, data: bytes, delay: timedelta
) -> None:
    """Queue a job, unless one of this name and key still waits."""
    await database.execute(_INSERT, tenant, id_, name, key, data, delay)


async def claim(database: Database, names: Sequence[str], most: int, lease: timedelta) -> list[Taken]:
    """Take jobs that are due; nobody else gets them while the lease runs."""
    return [_taken(row) for row in await database.fetch(_CLAIM, names, most, lease)]


def _taken(row: Mapping[str, Any]) -> Taken:
    return Taken(row["tenant_id"], row["id"], row["name"], row["data"], row["attempts"])


async def extend(database: Database, job: Taken, lease: timedelta) -> bool:
    """Keep it longer; ``False`` where it was lost to another process."""
    return await database.changed(_EXTEND, job.tenant, job.id, job.attempts, lease) == 1


async def done(database: Database, job: Taken) -> None:
    """It succeeded: the row goes."""
    await database.execute(_DONE, job.tenant, job.id, job.attempts)


async def postpone(
    database: Database, job: Taken, wait: timedelta, problem: str = "", *, uncounted: bool = False
) -> None:
    """Try again after ``wait``; ``uncounted`` where it wasn't tried at all."""
    await database.execute(_POSTPONE, job.tenant, job.id, job.attempts, wait, problem, int(uncounted))


async def bury(database: Database, job: Taken, problem: str) -> None:
    """It failed for good: kept as a dead letter."""
    await database.execute(_BURY, job.tenant, job.id, job.attempts, problem)


_KNOW = "INSERT INTO periodic_jobs (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_DUE = """
    UPDATE periodic_jobs AS job SET last_run_at = now()
    FROM unnest($1::text[], $2::interval[]) AS wanted (name, every)
    WHERE job.name = wanted.name AND job.last_run_at <= now() - wanted.every
    RETURNING job.name"""


async def know_periodic(database: Database, names: Sequence[str]) -> None:
    """Make sure that each has its row."""
    await database.execute(_KNOW, names)


async def take_periodic(database: Database, names: Sequence[str], every: Sequence[timedelta]) -> list[str]:
    """Those that are due and are now this process's to run: a second process finds them taken."""
    return [str(row["name"]) for row in await database.fetch(_DUE, names, every)]


# Each deletes up to $1 rows that are of no more use, so that no statement holds many locks; what a reply may still depend on stays a day.
PURGES: Mapping[str, str] = {
    table: f"""
    WITH gone AS (
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {useless} LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING 1)
    SELECT count(*) FROM gone"""
    for table, useless in {
        "codes": "expires_at < now() - interval '1 day'",
        "access_tokens": "expires_at < now() - interval '1 day'",
        "one_time": "expires_at < now() - interval '1 day'",
        "journeys": "expires_at < now() - interval '1 day'",
        "counters": "window_ends < now()",
        "jobs": "dead_at < now() - interval '30 days'",
        "merges": "at < now() - interval '30 days'",
    }.items()
} | {"revocations": "SELECT prune_revocations($1::int)"}  # the application may delete there by this function only


async def purge(database: Database, statement: str, most: int) -> int:
    """Run one of :data:`PURGES`; how many rows went."""
    return int(await database.fetchval(statement, most))
