"""Work is queued with the change that asks for it, sealed, and done at least once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from tests.core.jobs.conftest import CONTEXT, Ran
from xenia.context import ActorKind, Source, user_actor
from xenia.db import Database
from xenia.errors import Unavailable
from xenia.ids import new_id
from xenia.jobs.service import JobQueue
from xenia.jobs.worker import Worker


async def _count(database: Database) -> int:
    return int(await database.fetchval("SELECT count(*) FROM jobs"))


async def _due(database: Database) -> None:
    """The time of every back-off and lease has come."""
    await database.execute("UPDATE jobs SET run_at = now()")


async def _set(done: asyncio.Event) -> None:
    done.set()


async def test_a_job_that_succeeds_runs_once_and_leaves_nothing(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    await queue.enqueue(CONTEXT, "core.work", {"n": 1})
    assert await worker.drain() == 1
    assert await worker.drain() == 0
    assert ran.data == [{"n": 1}]
    assert await _count(database) == 0


async def test_a_job_shares_the_fate_of_the_transaction_that_queued_it(database: Database, queue: JobQueue) -> None:
    async def change() -> None:
        async with database.transaction():
            await queue.enqueue(CONTEXT, "core.work", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change()
    assert await _count(database) == 0


async def test_data_wait_sealed(database: Database, queue: JobQueue) -> None:
    await queue.enqueue(CONTEXT, "core.work", {"code": "123456"})
    assert b"123456" not in await database.fetchval("SELECT data FROM jobs")


async def test_a_job_runs_as_the_system_for_whoever_asked(queue: JobQueue, worker: Worker, ran: Ran) -> None:
    asked = msgspec.structs.replace(CONTEXT, actor=user_actor("acme", new_id()), source=Source("192.0.2.7"))
    await queue.enqueue(asked, "core.work", {})
    await worker.drain()
    (context,) = ran.contexts
    assert (context.tenant, context.locale, context.source.address) == ("acme", "de", "")
    assert (context.actor.kind, context.actor.id, context.actor.on_behalf_of) == (
        ActorKind.SYSTEM,
        "job:core.work",
        asked.actor,
    )


async def test_a_job_waits_for_its_time(database: Database, queue: JobQueue, worker: Worker) -> None:
    await queue.enqueue(CONTEXT, "core.work", {}, delay=timedelta(hours=1))
    assert await worker.drain() == 0
    await _due(database)
    assert await worker.drain() == 1


async def test_a_key_keeps_what_still_waits_from_being_queued_twice(queue: JobQueue, worker: Worker, ran: Ran) -> None:
    for number in range(3):
        await queue.enqueue(CONTEXT, "core.work", {"n": number}, key="one")
    await queue.enqueue(CONTEXT, "core.work", {"n": 9}, key="another")
    await worker.drain()
    await queue.enqueue(CONTEXT, "core.work", {"n": 4}, key="one")
    await worker.drain()
    assert sorted(data["n"] for data in ran.data) == [0, 4, 9]


async def test_what_fails_is_tried_again_and_then_kept_as_a_dead_letter_without_secrets(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    ran.problem = Unavailable("password hunter2")
    await queue.enqueue(CONTEXT, "core.work", {})
    waits = []
    for _ in range(3):
        assert await worker.drain() == 1
        assert await worker.drain() == 0
        waits.append(
            await database.fetchval("SELECT extract(epoch FROM run_at - now())::float FROM jobs WHERE dead_at IS NULL")
        )
        await _due(database)
    assert await worker.drain() == 0
    assert len(ran.data) == 3
    assert 1 < waits[0] < waits[1] < 6
    row = await database.fetchrow("SELECT problem, dead_at FROM jobs")
    assert row is not None
    assert (row["problem"], row["dead_at"] is None) == ("Unavailable unavailable", False)


async def test_a_job_whose_worker_died_runs_again_when_its_lease_is_over(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    ran.problem = asyncio.CancelledError()
    await queue.enqueue(CONTEXT, "core.work", {"n": 1})
    with pytest.raises(asyncio.CancelledError):
        await worker.drain()
    ran.problem = None
    assert await worker.drain() == 0, "the lease of the dead still runs"
    await _due(database)
    assert await worker.drain() == 1
    assert ran.data == [{"n": 1}, {"n": 1}]
    assert await _count(database) == 0


async def test_many_workers_run_each_job_once(queue: JobQueue, worker: Worker, ran: Ran) -> None:
    for number in range(60):
        await queue.enqueue(CONTEXT, "core.work", {"n": number})
    await asyncio.gather(*(worker.drain() for _ in range(4)))
    assert sorted(data["n"] for data in ran.data) == list(range(60))


async def test_whoever_lost_its_lease_does_not_settle_the_job(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    ran.instead = lambda: database.execute("UPDATE jobs SET attempts = attempts + 1")
    await queue.enqueue(CONTEXT, "core.work", {})
    await worker.drain()
    assert await _count(database) == 1


async def test_a_job_of_a_plugin_that_is_off_waits_without_being_tried(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    await queue.enqueue(CONTEXT, "hooks.push", {"for": "acme"})
    await queue.enqueue(msgspec.structs.replace(CONTEXT, tenant="other"), "hooks.push", {"for": "other"})
    await worker.drain()
    assert ran.data == [{"for": "acme"}]
    assert await database.fetchval("SELECT dead_at IS NULL AND run_at > now() + interval '50 minutes' FROM jobs")


async def test_a_job_that_nobody_knows_any_more_stays(database: Database, queue: JobQueue, worker: Worker) -> None:
    await queue.enqueue(CONTEXT, "gone.work", {})
    assert await worker.drain() == 0
    assert await _count(database) == 1


async def test_the_background_worker_begins_right_after_the_commit_and_stops_when_told(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    done = asyncio.Event()
    ran.instead = lambda: _set(done)
    worker.start()
    async with database.transaction():
        await queue.enqueue(CONTEXT, "core.work", {})
    async with asyncio.timeout(20):
        await done.wait()
    await worker.stop()
    assert await _count(database) == 0


async def test_a_worker_that_stops_lets_go_of_what_takes_too_long(
    database: Database, queue: JobQueue, worker: Worker, ran: Ran
) -> None:
    begun = asyncio.Event()

    async def for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    ran.instead = for_ever
    worker.start()
    await queue.enqueue(CONTEXT, "core.work", {})
    async with asyncio.timeout(20):
        await begun.wait()
    await worker.stop(0)
    assert await database.fetchval("SELECT leased_until > now() FROM jobs")
