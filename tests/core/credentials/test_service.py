"""Credentials: sealed for their row, spent once, and gone when they are gone."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from uuid import UUID, uuid4

import pytest

from xenia.context import Context, system_actor
from xenia.credentials.models import Adoption, KindInUse, NewCredential
from xenia.credentials.service import CredentialService
from xenia.db import Database
from xenia.errors import Conflict, Invalid, NotFound
from xenia.ids import new_id
from xenia.security.sealing import SealError
from xenia.testing.fakes import PlainSealing, RecordingEvents


@pytest.fixture
def events() -> RecordingEvents:
    return RecordingEvents()


@pytest.fixture
def credentials(database: Database, events: RecordingEvents) -> CredentialService:
    return CredentialService(database, events, PlainSealing())


@pytest.fixture
def context() -> Context:
    return Context(tenant="acme", actor=system_actor("test"))


@pytest.fixture
async def ada(database: Database) -> UUID:
    for tenant in ("acme", "globex"):
        await database.execute("INSERT INTO tenants (id, title, issuer) VALUES ($1, $1, $1)", tenant)
    ada = new_id()
    await database.execute("INSERT INTO users (tenant_id, id) VALUES ('acme', $1)", ada)
    return ada


def _password(data: bytes = b"hash", *, replaces: bool = True) -> NewCredential:
    return NewCredential(plugin="password", kind="password", data=data, replaces=replaces)


def _passkey(lookup: bytes = b"id", label: str = "") -> NewCredential:
    return NewCredential(plugin="passkeys", kind="passkey", data=b"key", lookup=lookup, label=label, second=True)


async def test_what_was_added_is_found_opened(credentials: CredentialService, context: Context, ada: UUID) -> None:
    id_ = await credentials.add(context, ada, _passkey(label=" Phone "))
    (found,) = await credentials.of_user(context, ada, "passkey")
    assert (found.id, found.user_id, found.data, found.label, found.second) == (id_, ada, b"key", "Phone", True)
    assert await credentials.by_lookup(context, "passkey", b"id") == found
    assert [summary.id for summary in await credentials.summaries(context, ada)] == [id_]


async def test_another_tenant_sees_and_changes_nothing(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    id_ = await credentials.add(context, ada, _passkey())
    globex = Context(tenant="globex")
    assert await credentials.of_user(globex, ada, "passkey") == ()
    assert await credentials.by_lookup(globex, "passkey", b"id") is None
    assert not await credentials.consume(globex, id_)
    assert not await credentials.advance(globex, id_, 5)
    assert not await credentials.set_data(globex, id_, b"")
    assert not await credentials.remove(globex, ada, id_)
    assert len(await credentials.summaries(context, ada)) == 1


async def test_a_lookup_is_taken_once(credentials: CredentialService, context: Context, ada: UUID) -> None:
    results = await asyncio.gather(
        *(credentials.add(context, ada, _passkey()) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(result, UUID) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 9


async def test_a_credential_needs_its_user(credentials: CredentialService, context: Context, ada: UUID) -> None:
    with pytest.raises(NotFound):
        await credentials.add(context, uuid4(), _password())


async def test_the_one_that_replaces_stays_alone(credentials: CredentialService, context: Context, ada: UUID) -> None:
    await asyncio.gather(*(credentials.add(context, ada, _password(bytes([at]))) for at in range(10)))
    assert len(await credentials.of_user(context, ada, "password")) == 1


async def test_of_fifty_that_spend_one_credential_one_succeeds(
    credentials: CredentialService, context: Context, ada: UUID, events: RecordingEvents
) -> None:
    id_ = await credentials.add(context, ada, NewCredential(plugin="recovery", kind="recovery", data=b"x"))
    spent = await asyncio.gather(*(credentials.consume(context, id_) for _ in range(50)))
    assert sum(spent) == 1
    assert events.types == ["credential.added", "credential.spent"]


async def test_of_fifty_that_use_one_step_one_succeeds(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    id_ = await credentials.add(context, ada, NewCredential(plugin="totp", kind="totp", data=b"x", counter=7))
    used = await asyncio.gather(*(credentials.advance(context, id_, 8) for _ in range(50)))
    assert sum(used) == 1
    assert not await credentials.advance(context, id_, 8)
    assert not await credentials.advance(context, id_, 1 << 70)
    (found,) = await credentials.of_user(context, ada, "totp")
    assert found.counter == 8
    assert found.used_at is not None


async def test_data_can_be_replaced_until_it_is_gone(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    id_ = await credentials.add(context, ada, _password())
    assert await credentials.set_data(context, id_, b"better")
    (found,) = await credentials.of_user(context, ada, "password")
    assert found.data == b"better"
    await credentials.remove(context, ada, id_)
    assert not await credentials.set_data(context, id_, b"late")


async def test_sealed_data_opens_only_in_its_own_row(
    credentials: CredentialService, context: Context, ada: UUID, database: Database
) -> None:
    first = await credentials.add(context, ada, _password(b"known", replaces=False))
    await credentials.add(context, ada, _password(b"secret", replaces=False))
    await database.execute("UPDATE credentials SET data = (SELECT data FROM credentials WHERE id = $1)", first)
    with pytest.raises(SealError):
        await credentials.of_user(context, ada, "password")


async def test_labels_are_short_and_printable(
    credentials: CredentialService, context: Context, ada: UUID, events: RecordingEvents
) -> None:
    id_ = await credentials.add(context, ada, _passkey())
    assert await credentials.rename(context, ada, id_, "Schlüssel")
    assert not await credentials.rename(context, uuid4(), id_, "Eve's")
    for label in ("x" * 101, "a\0b", "a\nb"):
        with pytest.raises(Invalid):
            await credentials.rename(context, ada, id_, label)
    assert events.types == ["credential.added", "credential.renamed"]


async def test_removing_removes_ones_own_and_tells(
    credentials: CredentialService, context: Context, ada: UUID, events: RecordingEvents
) -> None:
    one, two = [await credentials.add(context, ada, _passkey(bytes([at]))) for at in range(2)]
    assert not await credentials.remove(context, uuid4(), one)
    assert await credentials.remove(context, ada, one)
    assert not await credentials.remove(context, ada, one)
    assert await credentials.remove_kind(context, ada, "passkey") == 1
    assert [event.object.id for _, event in events.recorded[2:]] == [str(one), str(two)]
    await credentials.touch(context, two)


async def test_of_the_last_ways_in_one_stays_however_many_remove_at_once(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    ways = [await credentials.add(context, ada, _passkey(bytes([at]))) for at in range(4)]
    ways.append(await credentials.add(context, ada, _password()))
    code = await credentials.add(context, ada, NewCredential(plugin="totp", kind="totp", data=b"seed"))
    first = ("passkey", "password")
    gone = await asyncio.gather(
        *[
            copy_context().run(asyncio.create_task, credentials.remove(context, ada, way, keep_one_of=first))
            for way in ways
        ]
    )
    assert sorted(gone) == [False, True, True, True, True]
    assert await credentials.remove(context, ada, code, keep_one_of=first), "what can't come first may always go"


async def test_using_several_stamps_them_and_tells_which_are_there(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    one, two = [await credentials.add(context, ada, _passkey(bytes([at]))) for at in range(2)]
    await credentials.remove(context, ada, two)
    used = await credentials.use(context, ada, [one, two])
    assert (used.credentials, used.has_second) == (frozenset({one}), True)
    assert [summary.used_at is not None for summary in await credentials.summaries(context, ada)] == [True]


async def test_using_what_is_another_persons_finds_and_stamps_nothing(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    one = await credentials.add(context, ada, _passkey())
    for used in (
        await credentials.use(context, uuid4(), [one]),
        await credentials.use(Context(tenant="globex"), ada, [one]),
    ):
        assert (used.credentials, used.has_second) == (frozenset(), False)
    assert [summary.used_at for summary in await credentials.summaries(context, ada)] == [None]


async def _somebody_waits(database: Database) -> None:
    """The round trip of the question lets the other task go on."""
    while not await database.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
        pass


async def test_what_is_being_removed_is_waited_for_and_then_not_there(
    credentials: CredentialService, context: Context, ada: UUID, database: Database
) -> None:
    one, another_request = await credentials.add(context, ada, _passkey()), copy_context()
    async with database.transaction():
        await credentials.remove(context, ada, one)
        using = asyncio.create_task(credentials.use(context, ada, [one]), context=another_request)
        await _somebody_waits(database)
    assert (await using).credentials == frozenset()


async def test_whom_switching_a_plugin_off_affects_is_counted(
    credentials: CredentialService, context: Context, ada: UUID
) -> None:
    for at in range(2):
        await credentials.add(context, ada, _passkey(bytes([at])))
    assert await credentials.count_users(context, "passkeys") == 1
    await credentials.remove_all(context, ada)
    assert await credentials.count_users(context, "passkeys") == 0


async def test_adoption_counts_people_not_rows(
    credentials: CredentialService, context: Context, database: Database, ada: UUID
) -> None:
    assert await credentials.adoption(Context(tenant="globex")) == Adoption(people=0, second=0, kinds=())
    grace, gone = new_id(), new_id()
    await database.execute("INSERT INTO users (tenant_id, id) VALUES ('acme', $1), ('acme', $2)", grace, new_id())
    await database.execute("INSERT INTO users (tenant_id, id, status) VALUES ('acme', $1, 'erased')", gone)
    for lookup in (b"phone", b"laptop"):
        await credentials.touch(context, await credentials.add(context, ada, _passkey(lookup)))
    for person in (ada, grace):
        await credentials.add(context, person, _password())
    password = KindInUse(plugin="password", kind="password", people=2, recent=0)
    passkey = KindInUse(plugin="passkeys", kind="passkey", people=1, recent=1)
    assert await credentials.adoption(context) == Adoption(people=3, second=1, kinds=(password, passkey))
    newest = await credentials.adoption(context, most=2)
    assert newest == Adoption(
        people=2, second=0, kinds=(KindInUse(plugin="password", kind="password", people=1, recent=0),)
    )
