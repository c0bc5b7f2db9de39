"""One look for the whole of a request: right as long as nobody changed anything, and never in the place of the database's word."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from xenia.context import Context, system_actor
from xenia.credentials.models import NewCredential
from xenia.credentials.service import CredentialService
from xenia.db import Database
from xenia.ids import new_id
from xenia.looks import look_anew, looked_at, looking_once
from xenia.testing.fakes import PlainSealing, RecordingEvents


class Reads:
    """A thing that is read; how often it was."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> int:
        self.count += 1
        return self.count


async def test_within_a_look_a_thing_is_read_once() -> None:
    read = Reads()
    with looking_once():
        assert [await looked_at("ada", read) for _ in range(3)] == [1, 1, 1]
        assert await looked_at("bob", read) == 2


async def test_nothing_is_kept_without_a_look_nor_after_it() -> None:
    read = Reads()
    assert [await looked_at("ada", read) for _ in range(2)] == [1, 2]
    with looking_once():
        assert await looked_at("ada", read) == 3
    with looking_once():
        assert await looked_at("ada", read) == 4


async def test_that_there_is_nothing_is_an_answer_too() -> None:
    asked = 0

    async def nobody() -> str | None:
        nonlocal asked
        asked += 1
        return None

    with looking_once():
        assert [await looked_at("ada", nobody) for _ in range(2)] == [None, None]
    assert asked == 1


async def test_what_was_changed_is_looked_at_anew() -> None:
    read = Reads()
    with looking_once():
        assert await looked_at("ada", read) == 1
        look_anew()
        assert await looked_at("ada", read) == 2


async def test_two_requests_at_once_look_each_for_itself() -> None:
    read = Reads()

    async def request() -> int:
        with looking_once():
            await looked_at("ada", read)
            await asyncio.sleep(0)
            return await looked_at("ada", read)

    assert sorted(await asyncio.gather(request(), request())) == [1, 2]


async def test_a_transaction_reads_for_itself(database: Database) -> None:
    read = Reads()
    with looking_once():
        assert await looked_at("ada", read) == 1
        async with database.transaction():
            assert await looked_at("ada", read) == 2
        assert await looked_at("ada", read) == 1


@pytest.fixture
async def ada(database: Database) -> UUID:
    await database.execute("INSERT INTO tenants (id, title, issuer) VALUES ('acme', 'acme', 'acme')")
    ada = new_id()
    await database.execute("INSERT INTO users (tenant_id, id) VALUES ('acme', $1)", ada)
    return ada


async def test_each_way_to_change_credentials_is_seen_within_a_look(database: Database, ada: UUID) -> None:
    credentials = CredentialService(database, RecordingEvents(), PlainSealing())
    context = Context(tenant="acme", actor=system_actor("test"))

    async def labels() -> list[tuple[str, int, bool, bytes]]:
        found = await credentials.of_user(context, ada, "key")
        return [(one.label, one.counter, one.used_at is not None, one.data) for one in found]

    with looking_once():
        assert await labels() == []
        id_ = await credentials.add(context, ada, NewCredential(plugin="keys", kind="key", data=b"1"))
        assert await labels() == [("", 0, False, b"1")]
        await credentials.rename(context, ada, id_, "blue")
        await credentials.set_data(context, id_, b"2")
        assert await labels() == [("blue", 0, False, b"2")]
        await credentials.touch(context, id_)
        assert await labels() == [("blue", 0, True, b"2")]
        await credentials.advance(context, id_, 7)
        assert await labels() == [("blue", 7, True, b"2")]
        await credentials.remove(context, ada, id_)
        assert await labels() == []

        for change in (
            lambda _: credentials.remove_kind(context, ada, "key"),
            lambda id_: credentials.consume(context, id_),
            lambda _: credentials.remove_all(context, ada),
        ):
            id_ = await credentials.add(context, ada, NewCredential(plugin="keys", kind="key", data=b"3"))
            assert len(await labels()) == 1
            await change(id_)
            assert await labels() == []
