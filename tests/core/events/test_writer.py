"""Many callers share one insert, and each is answered after the commit."""

from __future__ import annotations

import asyncio

import pytest

from tests.core.events.conftest import CONTEXT, event
from xenia.db import Database
from xenia.errors import Unavailable
from xenia.events.service import EventService
from xenia.events.writer import EventWriter


@pytest.fixture
def writer(database: Database, events: EventService) -> EventWriter:
    """The writer under test."""
    return EventWriter(database, events)


async def _count(database: Database) -> int:
    return int(await database.fetchval("SELECT count(*) FROM events"))


async def test_every_caller_finds_its_row_when_it_is_answered(database: Database, writer: EventWriter) -> None:
    async def one(name: str) -> int:
        await writer.record(CONTEXT, event(name))
        return int(await database.fetchval("SELECT count(*) FROM events WHERE object_id = $1", name))

    assert await asyncio.gather(*(one(str(number)) for number in range(100))) == [1] * 100


async def test_callers_share_transactions(database: Database, writer: EventWriter) -> None:
    await asyncio.gather(*(writer.record(CONTEXT, event(str(number))) for number in range(100)))
    assert await database.fetchval("SELECT count(DISTINCT transaction::text) FROM events") < 10


async def test_inside_a_transaction_the_event_shares_its_fate(database: Database, writer: EventWriter) -> None:
    async def change() -> None:
        async with database.transaction():
            await writer.record(CONTEXT, event())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change()
    assert await _count(database) == 0


async def test_a_batch_that_fails_fails_all_its_callers(database: Database, writer: EventWriter) -> None:
    await database.close()
    answers = await asyncio.gather(*(writer.record(CONTEXT, event()) for _ in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 5


async def test_closing_writes_what_waits_and_refuses_the_rest(database: Database, writer: EventWriter) -> None:
    waiting = [asyncio.ensure_future(writer.record(CONTEXT, event(str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await writer.close()
    with pytest.raises(Unavailable):
        await writer.record(CONTEXT, event())
    await asyncio.gather(*waiting)
    assert await _count(database) == 20
