"""Periodic work runs once in its time, however many processes there are, and clears away what expired."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.core.jobs.conftest import CONTEXT, Ran
from xenia.db import Database
from xenia.jobs import tables
from xenia.jobs.cleanup import cleanup_jobs, sweep
from xenia.jobs.models import Job
from xenia.jobs.service import JobQueue
from xenia.jobs.worker import TOGETHER, Registered, Worker
from xenia.plugin.registry import CORE

HOUR = timedelta(hours=1)


async def _nothing_on(_tenant: str) -> frozenset[str]:
    return frozenset()


@pytest.fixture
async def known(database: Database) -> None:
    """A periodic job with its row."""
    await tables.know_periodic(database, ["core.tidy"])


@pytest.mark.usefixtures("known")
async def test_of_many_processes_one_runs_it(database: Database) -> None:
    answers = await asyncio.gather(*(tables.take_periodic(database, ["core.tidy"], [HOUR]) for _ in range(10)))
    assert sorted(answers) == [[]] * 9 + [["core.tidy"]]


@pytest.mark.usefixtures("known")
async def test_it_runs_again_when_its_time_has_come(database: Database) -> None:
    await tables.take_periodic(database, ["core.tidy"], [HOUR])
    await database.execute("UPDATE periodic_jobs SET last_run_at = now() - interval '59 minutes'")
    assert await tables.take_periodic(database, ["core.tidy"], [HOUR]) == []
    await database.execute("UPDATE periodic_jobs SET last_run_at = now() - interval '60 minutes'")
    assert await tables.take_periodic(database, ["core.tidy"], [HOUR]) == ["core.tidy"]


async def test_the_worker_runs_it_without_a_tenant_and_survives_its_failure(
    database: Database, queue: JobQueue, ran: Ran
) -> None:
    done = asyncio.Event()

    async def fail() -> None:
        done.set()
        raise RuntimeError

    ran.instead = fail
    worker = Worker(database, queue, [Registered(CORE, Job(name="core.tidy", run=ran.run, every=HOUR))], _nothing_on)
    worker.start()
    async with asyncio.timeout(20):
        await done.wait()
    await worker.stop()
    assert [context.tenant for context in ran.contexts] == [""]


async def test_more_periodic_work_than_there_are_places_holds_up_no_round(
    database: Database, queue: JobQueue, ran: Ran
) -> None:
    go = asyncio.Event()
    ran.instead = go.wait
    periodic = [Registered(CORE, Job(name=f"core.tidy{n}", run=ran.run, every=HOUR)) for n in range(TOGETHER + 1)]
    worker = Worker(database, queue, [*periodic, Registered(CORE, Job(name="core.work", run=ran.run))], _nothing_on)
    await queue.enqueue(CONTEXT, "core.work", {})
    for _ in range(2):
        assert not await worker._round()
    go.set()
    await worker.stop()
    assert await worker.drain() == 1


async def test_expired_rows_go_batch_by_batch_and_live_ones_stay(database: Database) -> None:
    for ends in ("now() - interval '1 minute'", "now() + interval '1 hour'"):
        await database.execute(
            f"INSERT INTO counters SELECT 'acme', sha256((n || $1)::bytea), {ends}, 1 FROM generate_series(1, 25) n",
            ends,
        )
    assert await sweep(database, tables.PURGES["counters"], batch=10) == 25
    assert await database.fetchval("SELECT count(*) FROM counters WHERE window_ends > now()") == 25


async def test_what_a_late_answer_may_need_stays_a_day(database: Database) -> None:
    for kind, ends in (("fresh", "now() - interval '1 hour'"), ("old", "now() - interval '25 hours'")):
        await database.execute(
            f"INSERT INTO one_time (tenant_id, kind, hash, expires_at) VALUES ('acme', $1, 'x', {ends})", kind
        )
    assert await sweep(database, tables.PURGES["one_time"]) == 1
    assert await database.fetchval("SELECT kind FROM one_time") == "fresh"


async def test_every_table_with_an_end_has_its_job_and_each_runs(database: Database) -> None:
    jobs = cleanup_jobs(database)
    assert {job.name for job in jobs} == {
        f"core.purge.{table}"
        for table in ("codes", "access_tokens", "one_time", "journeys", "counters", "jobs", "merges", "revocations")
    }
    for job in jobs:
        await job.run(CONTEXT, {})


async def test_what_ended_long_ago_is_forgotten_and_nothing_younger(database: Database) -> None:
    insert = "INSERT INTO revocations (tenant_id, kind, id, at) VALUES ('acme', 'grant', $1, now() - $2::interval)"
    for name, age in (("old", timedelta(hours=25)), ("young", timedelta(hours=23)), ("new", timedelta(0))):
        await database.execute(insert, name, age)
    assert await sweep(database, tables.PURGES["revocations"]) == 1
    assert {row["id"] for row in await database.fetch("SELECT id FROM revocations")} == {"young", "new"}
