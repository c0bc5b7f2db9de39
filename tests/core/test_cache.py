"""Configuration is cached until it changes, wherever it was changed, and never served when it may be old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from xenia.cache import ConfigCache
from xenia.clock import FrozenClock
from xenia.db import Database
from xenia.errors import Unavailable


class Source:
    """Something to load, that counts how often it was asked."""

    def __init__(self) -> None:
        self.value: str | None = "first"
        self.asked = 0

    async def load(self) -> str | None:
        self.asked += 1
        return self.value


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def cache(database: Database, clock: FrozenClock) -> ConfigCache:
    made = ConfigCache(database, live=True, clock=clock)
    await made.poll()
    return made


@pytest.fixture
async def elsewhere(database: Database) -> AsyncIterator[ConfigCache]:
    """Another process."""
    opened = Database(database.address)
    await opened.open()
    yield ConfigCache(opened)
    await opened.close()


@pytest.fixture
def source() -> Source:
    return Source()


async def test_an_object_is_loaded_once(cache: ConfigCache, source: Source) -> None:
    assert await cache.get("acme", "tenant", source.load) == "first"
    assert await cache.get("acme", "tenant", source.load) == "first"
    assert source.asked == 1


async def test_nothing_is_cached_of_what_does_not_exist(cache: ConfigCache, source: Source) -> None:
    source.value = None
    assert await cache.get("acme", "tenant", source.load) is None
    assert await cache.get("acme", "tenant", source.load) is None
    assert source.asked == 2


async def test_what_another_process_changed_is_dropped_by_the_next_poll(
    cache: ConfigCache, elsewhere: ConfigCache, source: Source
) -> None:
    await cache.get("acme", "tenant", source.load)
    source.value = "second"
    await elsewhere.bump("acme", "tenant")
    assert await cache.get("acme", "tenant", source.load) == "first"
    await cache.poll()
    assert await cache.get("acme", "tenant", source.load) == "second"


async def test_a_transaction_that_took_longer_than_many_polls_is_still_seen(
    database: Database, cache: ConfigCache, elsewhere: ConfigCache, source: Source
) -> None:
    await cache.get("acme", "tenant", source.load)
    async with elsewhere._database.transaction():
        await elsewhere.bump("acme", "tenant")
        source.value = "second"
        poll = asyncio.create_task(_outside(cache))
        await poll
    await cache.poll()
    assert await cache.get("acme", "tenant", source.load) == "second"


async def _outside(cache: ConfigCache) -> None:
    from xenia.db import apart

    for _ in range(3):
        await apart(cache.poll)


async def test_a_change_of_this_process_counts_from_its_commit(
    database: Database, cache: ConfigCache, source: Source
) -> None:
    await cache.get("acme", "tenant", source.load)
    source.value = "second"
    async with database.transaction():
        await cache.bump("acme", "tenant")
    assert await cache.get("acme", "tenant", source.load) == "second"


async def test_a_transaction_reads_what_it_changed_and_keeps_it_from_others(
    database: Database, cache: ConfigCache, source: Source
) -> None:
    await cache.get("acme", "tenant", source.load)
    with pytest.raises(RuntimeError):
        await _change_and_fail(database, cache, source)
    source.value = "never read"
    assert await cache.get("acme", "tenant", source.load) == "first"


async def _change_and_fail(database: Database, cache: ConfigCache, source: Source) -> None:
    async with database.transaction():
        source.value = "uncommitted"
        await cache.bump("acme", "tenant")
        assert await cache.get("acme", "tenant", source.load) == "uncommitted"
        raise RuntimeError


async def test_what_was_read_before_a_change_is_not_kept_after_it(cache: ConfigCache, source: Source) -> None:
    reading, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        reading.set()
        await may_go_on.wait()
        return "old"

    first = asyncio.create_task(cache.get("acme", "tenant", slow))
    await reading.wait()
    cache.drop("acme", "tenant")
    may_go_on.set()
    assert await first == "old"
    assert await cache.get("acme", "tenant", source.load) == "first"


async def test_a_cache_that_may_be_old_refuses(cache: ConfigCache, clock: FrozenClock, source: Source) -> None:
    await cache.get("acme", "tenant", source.load)
    clock.advance(timedelta(seconds=5.1))
    with pytest.raises(Unavailable):
        await cache.get("acme", "tenant", source.load)
    await cache.poll()
    assert await cache.get("acme", "tenant", source.load) == "first"


async def test_a_cache_that_was_never_fresh_refuses(database: Database, source: Source) -> None:
    with pytest.raises(Unavailable):
        await ConfigCache(database, live=True).get("acme", "tenant", source.load)


async def test_without_a_poll_everything_is_read_through(database: Database, source: Source) -> None:
    cache = ConfigCache(database)
    await cache.get("acme", "tenant", source.load)
    source.value = "second"
    assert await cache.get("acme", "tenant", source.load) == "second"


async def test_the_least_recently_used_goes_first(database: Database, clock: FrozenClock, source: Source) -> None:
    cache = ConfigCache(database, live=True, capacity=2, clock=clock)
    await cache.poll()
    for thing in ("a", "b", "a", "c", "a", "b"):
        await cache.get("acme", thing, source.load)
    assert source.asked == 4
