"""Limits hold when everyone comes at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from xenia.clock import FrozenClock
from xenia.db import Database
from xenia.security.limits import Limit, Limits, Refused, Reservation, Shield

FIVE = Limit("password", 5, timedelta(minutes=15))
OVER = Limit("password", 5, timedelta(seconds=-1))


@pytest.fixture
def limits(database: Database) -> Limits:
    return Limits(database, b"k" * 32)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2030, 1, 1, tzinfo=UTC))


async def test_of_two_hundred_at_once_exactly_five_get_a_place(limits: Limits) -> None:
    answers = await asyncio.gather(*(limits.reserve("acme", FIVE, "ada") for _ in range(200)))
    assert sorted(one.remaining for one in answers if isinstance(one, Reservation)) == [0, 1, 2, 3, 4]


async def test_a_refusal_says_how_long_to_wait_and_does_not_lengthen_it(limits: Limits, database: Database) -> None:
    for _ in range(5):
        await limits.reserve("acme", FIVE, "ada")
    before = await database.fetch("SELECT * FROM counters")
    for _ in range(3):
        refused = await limits.reserve("acme", FIVE, "ada")
        assert isinstance(refused, Refused)
        assert 0 < refused.retry_after <= 900
    assert await database.fetch("SELECT * FROM counters") == before


async def test_a_place_stays_taken_when_the_work_around_it_is_rolled_back(limits: Limits, database: Database) -> None:
    for _ in range(5):
        with suppress(LookupError):
            async with database.transaction():
                assert isinstance(await limits.reserve("acme", FIVE, "ada"), Reservation)
                raise LookupError
    assert isinstance(await limits.reserve("acme", FIVE, "ada"), Refused)


async def test_a_window_that_is_over_starts_anew_for_exactly_five(limits: Limits) -> None:
    for _ in range(5):
        assert isinstance(await limits.reserve("acme", OVER, "ada"), Reservation)
    answers = await asyncio.gather(*(limits.reserve("acme", FIVE, "ada") for _ in range(100)))
    assert sum(isinstance(one, Reservation) for one in answers) == 5


async def test_tenants_limits_and_keys_are_counted_apart(limits: Limits) -> None:
    one = Limit("one", 1, timedelta(hours=1))
    other = Limit("other", 1, timedelta(hours=1))
    assert isinstance(await limits.reserve("acme", one, "ada"), Reservation)
    assert isinstance(await limits.reserve("acme", one, "ada"), Refused)
    assert isinstance(await limits.reserve("acme", one, "eve"), Reservation)
    assert isinstance(await limits.reserve("acme", other, "ada"), Reservation)
    assert isinstance(await limits.reserve("other", one, "ada"), Reservation)


async def test_clearing_gives_one_key_its_places_back(limits: Limits) -> None:
    for key in ("ada", "eve"):
        for _ in range(5):
            await limits.reserve("acme", FIVE, key)
    await limits.clear("acme", FIVE, "ada")
    assert await limits.reserve("acme", FIVE, "ada") == Reservation(4)
    assert isinstance(await limits.reserve("acme", FIVE, "eve"), Refused)


async def test_a_dear_request_takes_several_places_or_none(limits: Limits) -> None:
    assert await limits.reserve("acme", FIVE, "ada", cost=3) == Reservation(2)
    assert isinstance(await limits.reserve("acme", FIVE, "ada", cost=3), Refused)
    assert await limits.reserve("acme", FIVE, "ada", cost=2) == Reservation(0)


@pytest.mark.parametrize("cost", [6, 0, -1])
async def test_an_impossible_cost_is_refused_even_on_a_fresh_key(limits: Limits, cost: int) -> None:
    assert await limits.reserve("acme", FIVE, "ada", cost=cost) == Refused(900)
    assert await limits.reserve("acme", FIVE, "ada") == Reservation(4)


async def test_the_table_never_shows_who_is_counted(limits: Limits, database: Database) -> None:
    await limits.reserve("acme", FIVE, "ada@acme.example")
    key = await database.fetchval("SELECT key FROM counters")
    assert len(key) == 32
    assert b"ada" not in key


async def test_sweeping_takes_only_windows_that_are_over(limits: Limits) -> None:
    await limits.reserve("acme", OVER, "ada")
    await limits.reserve("acme", FIVE, "eve")
    assert await limits.sweep() == 1
    assert await limits.reserve("acme", FIVE, "eve") == Reservation(3)


def test_a_shield_lets_a_burst_through_and_then_the_rate(clock: FrozenClock) -> None:
    shield = Shield(rate=10, burst=5, clock=clock)
    assert [shield.wait("192.0.2.1") == 0 for _ in range(7)] == [True] * 5 + [False] * 2
    assert shield.wait("192.0.2.1") == pytest.approx(0.1)
    clock.advance(timedelta(milliseconds=100))
    assert shield.wait("192.0.2.1") == 0
    assert shield.wait("192.0.2.1") > 0
    assert shield.wait("192.0.2.2") == 0


def test_what_is_given_back_to_a_shield_may_be_taken_again(clock: FrozenClock) -> None:
    shield = Shield(rate=1, burst=2, clock=clock)
    assert shield.wait("192.0.2.1", cost=2) == 0
    shield.give_back("192.0.2.1")
    shield.give_back("192.0.2.2", cost=5)
    assert [shield.wait("192.0.2.1") == 0 for _ in range(2)] == [True, False]
    assert [shield.wait("192.0.2.2") == 0 for _ in range(3)] == [True, True, False]


def test_a_shield_counts_a_whole_ipv6_network_as_one(clock: FrozenClock) -> None:
    shield = Shield(rate=1, burst=3, clock=clock)
    assert sum(shield.wait(f"2001:db8::{host:x}") == 0 for host in range(100)) == 3
    assert shield.wait("2001:db8:0:1::1") == 0


def test_a_shield_is_not_fooled_by_spelling(clock: FrozenClock) -> None:
    shield = Shield(rate=1, burst=1, clock=clock)
    spellings = ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "192.0.2.1:80", "[::ffff:192.0.2.1]:443"]
    assert sum(shield.wait(one) == 0 for one in spellings) == 1
    assert sum(shield.wait(one) == 0 for one in ("garbage", "unknown", "")) == 1


def test_a_shield_remembers_a_bounded_number_of_sources(clock: FrozenClock) -> None:
    shield = Shield(rate=1, burst=1, clock=clock, capacity=10)
    for host in range(100):
        assert shield.wait(f"192.0.2.{host}") == 0
    assert len(shield._due) == 10
    assert shield.wait("192.0.2.99") > 0


def test_a_dear_request_is_counted_as_such_by_a_shield(clock: FrozenClock) -> None:
    shield = Shield(rate=1, burst=5, clock=clock)
    assert shield.wait("192.0.2.1", cost=5) == 0
    assert shield.wait("192.0.2.1", cost=5) == pytest.approx(5)
