"""The revocation log: nothing that committed is missed, however late, and nobody answers who isn't sure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from tests.core.tokens.world import ACME, OTHER, CountingDatabase, World, rolled_back
from xenia.clock import FrozenClock
from xenia.db import Database
from xenia.ids import new_id
from xenia.tokens import revocations
from xenia.tokens.revocations import RevocationLog

INSERT = "INSERT INTO revocations (tenant_id, kind, id) VALUES ('acme', 'token', $1)"


@pytest.fixture
async def counting(world: World) -> AsyncIterator[CountingDatabase]:
    database = CountingDatabase(world.database.address)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def tail(world: World, counting: CountingDatabase) -> RevocationLog:
    """Another process's end of the log, that looks when told; its clock stands still, so it stays sure."""
    made = RevocationLog(counting, world.clock, trusted=0.3)
    await made.poll()
    return made


async def known(counting: CountingDatabase, tail: RevocationLog, *tokens: str) -> list[bool]:
    """What memory alone says."""
    with counting.counted(0):
        return [await tail.is_ended(ACME, token=token) for token in tokens]


async def test_a_late_commit_is_seen_though_later_ones_were_seen_before(
    world: World, counting: CountingDatabase, tail: RevocationLog
) -> None:
    slow = await asyncpg.connect(world.database.address)
    slower = await asyncpg.connect(world.database.address)
    transactions = [slow.transaction(), slower.transaction()]
    for transaction in transactions:
        await transaction.start()
    await slow.execute(INSERT, "slow")
    await slower.execute(INSERT, "slower")
    await world.revocations.record(ACME, "token", ["quick"])
    await tail.poll()
    assert await known(counting, tail, "slow", "slower", "quick") == [False, False, True]
    await transactions[0].commit()
    await world.revocations.record(ACME, "token", ["quick2"])
    await tail.poll()
    assert await known(counting, tail, "slow", "slower", "quick2") == [True, False, True]
    for _ in range(3):
        await tail.poll()
    await transactions[1].commit()
    await tail.poll()
    assert await known(counting, tail, "slow", "slower", "quick", "quick2") == [True] * 4
    await slow.close()
    await slower.close()


async def test_one_who_starts_while_a_transaction_runs_sees_its_end(world: World, counting: CountingDatabase) -> None:
    slow = await asyncpg.connect(world.database.address)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(INSERT, "slow")
    tail = RevocationLog(counting, world.clock, trusted=0.3)
    await tail.poll()
    await transaction.commit()
    await slow.close()
    await tail.poll()
    assert await known(counting, tail, "slow") == [True]


async def test_what_was_rolled_back_never_ended(world: World, counting: CountingDatabase, tail: RevocationLog) -> None:
    async with rolled_back(world.database):
        await world.revocations.record(ACME, "token", ["undone"])
    await tail.poll()
    assert await known(counting, tail, "undone") == [False]
    assert not await world.revocations.is_ended(ACME, token="undone")


async def test_many_writers_and_lookers_miss_nothing(
    world: World, counting: CountingDatabase, tail: RevocationLog
) -> None:
    done = asyncio.Event()

    async def look() -> None:
        while not done.is_set():
            await tail.poll()

    async def write(name: str) -> None:
        async with world.database.transaction():
            await world.revocations.record(ACME, "token", [name])
            await world.database.fetchval("SELECT pg_sleep(random() * 0.01)")

    names = [f"token-{number}" for number in range(150)]
    looking = asyncio.create_task(look())
    await asyncio.gather(*map(write, names))
    done.set()
    await looking
    await tail.poll()
    assert all(await known(counting, tail, *names))


async def test_what_ended_here_is_known_here_at_once(world: World, counting: CountingDatabase) -> None:
    tail = RevocationLog(counting, world.clock, trusted=0.3)
    await tail.poll()
    await tail.record(ACME, "token", ["mine"])
    assert await known(counting, tail, "mine") == [True]


async def test_a_log_that_is_unsure_asks_the_database(
    world: World, counting: CountingDatabase, tail: RevocationLog
) -> None:
    await world.revocations.record(ACME, "token", ["ended"])
    world.clock.advance(timedelta(seconds=0.3))
    with counting.counted(2):
        assert await tail.is_ended(ACME, token="ended")
        assert not await tail.is_ended(ACME, token="alive")


async def test_a_log_that_never_looked_is_unsure(world: World, counting: CountingDatabase) -> None:
    tail = RevocationLog(counting, world.clock, trusted=0.3)
    await world.revocations.record(ACME, "token", ["ended"])
    with counting.counted(1):
        assert await tail.is_ended(ACME, token="ended")


async def test_any_of_what_is_asked_is_enough_and_tenants_are_apart(
    world: World, counting: CountingDatabase, tail: RevocationLog
) -> None:
    grant, session = new_id(), new_id()
    await world.revocations.record(ACME, "grant", [str(grant)])
    for log in (world.revocations, tail):
        await tail.poll()
        assert await log.is_ended(ACME, grant=grant, session=session, token="t")
        assert not await log.is_ended(ACME, session=session, token="t")
        assert not await log.is_ended(ACME, session=grant, token=str(grant))
        assert not await log.is_ended(OTHER, grant=grant)


async def test_a_database_that_goes_away_makes_the_log_unsure_and_it_recovers(
    world: World, counting: CountingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()
    monkeypatch.setattr(revocations, "INTERVAL", 0)

    class Shaky(RevocationLog):
        tries = 0

        async def poll(self) -> None:
            self.tries += 1
            if self.tries < 3:
                raise OSError
            await super().poll()
            looked.set()

    tail = Shaky(counting, world.clock, trusted=0.3)
    task = asyncio.create_task(tail.run())
    await looked.wait()
    assert tail.is_sure
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_memory_keeps_an_ending_as_long_as_a_token_may_live_and_no_longer(database: Database) -> None:
    clock = FrozenClock(World(database).clock.now())
    tail = RevocationLog(database, clock, trusted=0.3)
    await tail.record(ACME, "token", ["old"])
    clock.advance(timedelta(minutes=9, seconds=59))
    await tail.poll()
    assert len(tail._endings) == 1
    clock.advance(timedelta(seconds=2))
    await tail.poll()
    assert len(tail._endings) == 0


async def test_whoever_ends_something_waits_until_every_tail_has_looked_or_is_unsure(database: Database) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    log = RevocationLog(database, World(database).clock, trusted=0.3, pause=pause)
    async with database.transaction():
        for token in ("one", "two"):
            await log.record(ACME, "token", [token])
        assert waited == []
    assert waited == [0.3]
    async with rolled_back(database):
        await log.record(ACME, "token", ["undone"])
    assert waited == [0.3]
