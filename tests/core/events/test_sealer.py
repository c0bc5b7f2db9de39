"""Positions come after the commit: without gaps, in one order that never changes, given by one sealer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec
import pytest

from tests.core.events.conftest import CONTEXT, event
from xenia.clock import FrozenClock
from xenia.db import Database
from xenia.errors import Unavailable
from xenia.events.models import EventQuery
from xenia.events.sealer import EventSealer
from xenia.events.service import EventService
from xenia.events.tables import SEALER_LOCK
from xenia.testing.fake_keys import FakeAuditKeys

Seal = Callable[[], Awaitable[None]]


async def _order(database: Database, tenant: str = "acme") -> list[tuple[int, str]]:
    rows = await database.fetch(
        """SELECT p.position, e.object_id FROM event_positions p JOIN events e ON e.tenant_id = p.tenant_id AND e.id = p.event_id
           WHERE p.tenant_id = $1 ORDER BY p.position""",
        tenant,
    )
    return [(row["position"], row["object_id"]) for row in rows]


async def _seal_what_is_older(sealer: EventSealer, database: Database, expected: int) -> None:
    while len(await _order(database)) < expected:
        await sealer.seal()


async def test_positions_have_no_gap_while_writers_commit_out_of_order(
    database: Database, events: EventService, sealer: EventSealer, seal: Seal
) -> None:
    written, release = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction():
            await events.record(CONTEXT, event("slow"))
            written.set()
            await release.wait()

    await asyncio.gather(*(events.record(CONTEXT, event(f"before-{number}")) for number in range(10)))
    uncommitted = asyncio.create_task(slow())
    await written.wait()
    await asyncio.gather(*(events.record(CONTEXT, event(f"after-{number}")) for number in range(10)))

    await _seal_what_is_older(sealer, database, 10)
    await sealer.seal()
    early = await _order(database)
    assert [position for position, _ in early] == list(range(1, 11))
    assert all(name.startswith("before") for _, name in early), "nothing behind the open transaction has a position yet"

    release.set()
    await uncommitted
    await seal()
    order = await _order(database)
    assert order[:10] == early
    assert [position for position, _ in order] == list(range(1, 22))
    assert order[10][1] == "slow", "its transaction is older than those that committed before it"


async def test_positions_show_in_the_list(events: EventService, seal: Seal) -> None:
    await events.record_many(CONTEXT, [event("one"), event("two")])
    await seal()
    page = await events.list(CONTEXT, EventQuery())
    assert [(one.object.id, one.position) for one in page.events] == [("two", 2), ("one", 1)]


async def test_each_tenant_has_an_order_and_a_chain_of_its_own(
    database: Database, events: EventService, seal: Seal
) -> None:
    other = msgspec.structs.replace(CONTEXT, tenant="other")
    for name in ("one", "two"):
        await events.record(CONTEXT, event(name))
        await events.record(other, event(name))
        await seal()
    assert await _order(database) == await _order(database, "other") == [(1, "one"), (2, "two")]
    rows = await database.fetch(
        "SELECT tenant_id, number, previous, hash FROM event_batches ORDER BY tenant_id, number"
    )
    chain = {(row["tenant_id"], row["number"]): row for row in rows}
    for tenant in ("acme", "other"):
        assert chain[tenant, 2]["previous"] == chain[tenant, 1]["hash"]


async def test_of_two_sealers_one_seals(
    database: Database,
    events: EventService,
    sealer: EventSealer,
    audit_keys: FakeAuditKeys,
    clock: FrozenClock,
    seal: Seal,
) -> None:
    second = EventSealer(database, audit_keys, clock)
    await events.record_many(CONTEXT, [event(str(number)) for number in range(50)])
    while not any(await asyncio.gather(sealer.seal(), second.seal(), sealer.seal(), second.seal())):
        pass
    assert [position for position, _ in await _order(database)] == list(range(1, 51))


async def test_a_sealer_that_finds_the_lock_taken_does_nothing(
    database: Database, events: EventService, sealer: EventSealer
) -> None:
    await events.record(CONTEXT, event())
    rival = await asyncpg.connect(database.address)
    try:
        await rival.execute("SELECT pg_advisory_lock($1)", SEALER_LOCK)
        assert await sealer.seal() == 0
        assert await _order(database) == []
    finally:
        await rival.close()


async def test_a_crash_before_the_commit_leaves_nothing_and_the_next_seals_it_all(
    database: Database, events: EventService, clock: FrozenClock, audit_keys: FakeAuditKeys, seal: Seal
) -> None:
    class Broken(FakeAuditKeys):
        async def sign_bytes(self, context: object, *, use: str, data: bytes) -> tuple[str, bytes]:
            raise ConnectionError

    await events.record(CONTEXT, event())
    broken = EventSealer(database, Broken(), clock)

    async def until_it_breaks() -> None:
        while True:
            await broken.seal()

    with pytest.raises(Unavailable):
        await until_it_breaks()
    assert await _order(database) == []
    await seal()
    assert await _order(database) == [(1, "one")]


async def test_an_idle_sealer_writes_nothing(
    database: Database, events: EventService, sealer: EventSealer, seal: Seal
) -> None:
    await events.record(CONTEXT, event())
    await seal()
    before = await database.fetchval("SELECT xmin::text || below::text FROM event_sealing")
    assert await sealer.seal() == 0
    assert await database.fetchval("SELECT xmin::text || below::text FROM event_sealing") == before


async def test_events_of_a_restored_database_are_sealed_although_their_transactions_seem_to_lie_ahead(
    database: Database, events: EventService, sealer: EventSealer
) -> None:
    await events.record(CONTEXT, event("old"))
    owner = await asyncpg.connect(database.address)
    try:
        await owner.execute("UPDATE events SET transaction = '9000000000000'")
        await owner.execute("UPDATE event_sealing SET below = '9000000000001'")
    finally:
        await owner.close()
    await events.record(CONTEXT, event("new"))
    await _seal_what_is_older(sealer, database, 2)
    assert {name for _, name in await _order(database)} == {"old", "new"}
    assert await database.fetchval("SELECT below < '9000000000000' FROM event_sealing")


async def test_who_waits_for_positions_is_told_which_tenants_have_new_ones(
    database: Database, events: EventService, audit_keys: FakeAuditKeys, clock: FrozenClock
) -> None:
    told: list[str] = []
    sealer = EventSealer(database, audit_keys, clock, sealed=told.extend)
    await events.record(CONTEXT, event())
    await _seal_what_is_older(sealer, database, 1)
    assert told == ["acme"]
