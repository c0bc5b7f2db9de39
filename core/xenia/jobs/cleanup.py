"""The core's own periodic work: rows that expired are deleted in small batches, so that no statement holds many locks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xenia.context import Context
from xenia.db import Database
from xenia.jobs import tables
from xenia.jobs.models import Job

EVERY = timedelta(minutes=10)
BATCH = 1_000
MOST_BATCHES = 200


def cleanup_jobs(database: Database) -> tuple[Job, ...]:
    """One periodic job for each table that holds rows with an end."""
    return tuple(_job(database, table, statement) for table, statement in tables.PURGES.items())


def _job(database: Database, table: str, statement: str) -> Job:
    async def run(_context: Context, _data: dict[str, Any]) -> None:
        await sweep(database, statement)

    return Job(name=f"core.purge.{table}", run=run, every=EVERY)


async def sweep(database: Database, statement: str, *, batch: int = BATCH) -> int:
    """Delete batch by batch until one isn't full; how many rows went. What is left over waits for the next time."""
    gone = 0
    for _ in range(MOST_BATCHES):
        deleted = await tables.purge(database, statement, batch)
        gone += deleted
        if deleted < batch:
            break
    return gone
