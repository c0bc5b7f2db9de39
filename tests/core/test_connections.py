"""Connections are lent to one at a time, whatever becomes of those who had them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from xenia.connections import Connections
from xenia.db import Database

PID = "SELECT pg_backend_pid()"


@pytest.fixture
async def two(database: Database) -> AsyncIterator[Connections]:
    """At most two connections."""
    made = Connections(database.address, "xenia_app", 2)
    yield made
    await made.close()


async def _pid(connections: Connections) -> int:
    async with connections.lease() as connection:
        return int(await connection.fetchval(PID))


async def test_a_connection_is_used_again_under_its_role(two: Connections) -> None:
    assert await _pid(two) == await _pid(two)
    async with two.lease() as connection:
        assert await connection.fetchval("SELECT current_user") == "xenia_app"


async def test_no_more_than_its_size_and_never_one_for_two(two: Connections) -> None:
    held: set[int] = set()
    seen: set[int] = set()

    async def use() -> None:
        async with two.lease() as connection:
            pid = int(await connection.fetchval(PID))
            assert pid not in held
            held.add(pid)
            await connection.fetchval("SELECT 1")
            seen.add(pid)
            held.discard(pid)

    await asyncio.gather(*(use() for _ in range(50)))
    assert len(seen) == 2


async def test_who_waits_too_long_is_told(two: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two.lease(), two.lease():
        monkeypatch.setattr("xenia.connections.SECONDS", 0.0)
        with pytest.raises(TimeoutError):
            async with two.lease():
                pass
    assert await _pid(two)


async def test_a_statement_that_was_given_up_takes_its_connection_along(two: Connections) -> None:
    before = await _pid(two)
    going = asyncio.create_task(_sleeping(two))
    while not two._lent:  # noqa: ASYNC110  a moment of the event loop
        await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert await _pid(two) != before


async def _sleeping(connections: Connections) -> None:
    async with connections.lease() as connection:
        await connection.execute("SELECT pg_sleep(60)")


async def test_who_gives_up_waiting_takes_no_seat_along(two: Connections) -> None:
    async with two.lease(), two.lease():
        waiting = [asyncio.create_task(_pid(two)) for _ in range(5)]
        await asyncio.sleep(0)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    async with two.lease(), two.lease():
        pass


async def test_a_connection_left_in_a_transaction_is_given_to_nobody(two: Connections) -> None:
    async with two.lease() as connection:
        before = await connection.fetchval(PID)
        await connection.execute("BEGIN")
    assert await _pid(two) != before


async def test_a_refusal_of_the_database_costs_no_connection(two: Connections) -> None:
    before = await _pid(two)
    with pytest.raises(asyncpg.PostgresSyntaxError):
        async with two.lease() as connection:
            await connection.execute("NONSENSE")
    assert await _pid(two) == before


async def test_a_connection_that_broke_is_replaced(two: Connections, database: Database) -> None:
    before = await _pid(two)
    other = await asyncpg.connect(database.address)
    await other.execute("SELECT pg_terminate_backend($1, 5000)", before)
    await other.close()
    while not two._idle[0][1].is_closed():  # noqa: ASYNC110  the database says so by itself
        await asyncio.sleep(0)
    assert await _pid(two) != before


async def test_a_connection_that_nobody_needed_for_long_is_closed(
    two: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two.lease(), two.lease():
        pass
    assert len(two._idle) == 2
    monkeypatch.setattr("xenia.connections._IDLE_SECONDS", -1.0)
    await _pid(two)
    assert len(two._idle) == 1


async def test_closing_waits_for_who_has_one_and_refuses_the_rest(two: Connections) -> None:
    async with two.lease() as connection:
        closing = asyncio.create_task(two.close())
        await asyncio.sleep(0)
        assert await connection.fetchval("SELECT 1") == 1
    await closing
    with pytest.raises((asyncpg.InterfaceError, TimeoutError)):
        await _pid(two)


async def test_an_address_where_nobody_is_takes_no_seat(tmp_path: object) -> None:
    away = Connections(f"postgresql://nobody@/none?host={tmp_path}", "xenia_app", 1)
    for _ in range(3):
        with pytest.raises(OSError):
            await _pid(away)
    await away.close()
