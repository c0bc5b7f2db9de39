"""Whoever owns the tables can change them, and the verifier names the first row where that was done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tests.core.events.conftest import CONTEXT, event
from xenia.db import Connection as Owner
from xenia.db import Database
from xenia.errors import SetupError
from xenia.events.canonical import leaf
from xenia.events.commands import export, verify_database, verify_export
from xenia.events.logs import DatabaseLog
from xenia.events.service import EventService
from xenia.events.verify import Chain, Checkpoint, Fault, Finding, verify
from xenia.ids import new_id
from xenia.testing.fake_keys import FakeAuditKeys

Seal = Callable[[], Awaitable[None]]


@pytest.fixture
async def sealed(events: EventService, seal: Seal) -> None:
    """Twelve events in three batches of four."""
    for batch in range(3):
        await events.record_many(CONTEXT, [event(f"{batch}-{number}") for number in range(4)])
        await seal()


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[Owner]:
    """Somebody with every right on the tables, whom no trigger and no key stops."""
    connection = await asyncpg.connect(database.address)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def _found(database: Database, keys: FakeAuditKeys, checkpoint: Checkpoint | None = None) -> Finding | None:
    public = await keys.public_keys(CONTEXT, use="audit")
    return await verify(DatabaseLog(database, "acme"), Chain("acme", public, checkpoint))


async def _event_at(owner: Owner, position: int) -> UUID:
    found = await owner.fetchval(
        "SELECT event_id FROM event_positions WHERE tenant_id = 'acme' AND position = $1", position
    )
    assert isinstance(found, UUID)
    return found


@pytest.mark.usefixtures("sealed")
async def test_an_untouched_log_is_whole(database: Database, audit_keys: FakeAuditKeys) -> None:
    assert await _found(database, audit_keys) is None


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    "change",
    [
        "object_id = 'mallory'", "data = '{\"a\": 1}'", "at = at + interval '1 microsecond'", "personal = 'x'", "person = gen_random_uuid()",
        "actor = '{}'", "result = 'denied'", "transaction = '1'", "type = 'user.updated'", "request_id = ''", "application = 'x'",
        "object_kind = 'y'",
    ],
)  # fmt: skip
async def test_an_edited_row_is_named(database: Database, owner: Owner, audit_keys: FakeAuditKeys, change: str) -> None:
    victim = await _event_at(owner, 6)
    await owner.execute(f"UPDATE events SET {change} WHERE id = $1", victim)
    assert await _found(database, audit_keys) == Finding(Fault.CHANGED, 6, str(victim))


@pytest.mark.usefixtures("sealed")
async def test_a_deleted_event_is_named(database: Database, owner: Owner, audit_keys: FakeAuditKeys) -> None:
    await owner.execute("DELETE FROM events WHERE id = $1", await _event_at(owner, 7))
    assert await _found(database, audit_keys) == Finding(Fault.DROPPED, 7)


@pytest.mark.usefixtures("sealed")
async def test_an_event_deleted_with_its_position_is_named(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    await owner.execute("DELETE FROM events WHERE id = $1", await _event_at(owner, 7))
    await owner.execute("DELETE FROM event_positions WHERE position = 7")
    assert await _found(database, audit_keys) == Finding(Fault.DROPPED, 7)


@pytest.mark.usefixtures("sealed")
async def test_two_rows_that_changed_places_are_named(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    first, second = await _event_at(owner, 6), await _event_at(owner, 8)
    await owner.execute("UPDATE event_positions SET event_id = $1 WHERE position = 8", new_id())
    await owner.execute("UPDATE event_positions SET event_id = $1 WHERE position = 6", second)
    await owner.execute("UPDATE event_positions SET event_id = $1 WHERE position = 8", first)
    assert await _found(database, audit_keys) == Finding(Fault.MOVED, 6, str(second))


@pytest.mark.usefixtures("sealed")
async def test_rows_swapped_together_with_their_hashes_are_noticed_at_their_batch(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    for old, new in ((6, 100), (8, 6), (100, 8)):
        await owner.execute("UPDATE event_positions SET position = $2 WHERE position = $1", old, new)
    assert await _found(database, audit_keys) == Finding(Fault.REWRITTEN, 5)


async def _insert_at(owner: Owner, position: int, leaf: str) -> UUID:
    made = new_id()
    await owner.execute(
        "INSERT INTO events SELECT tenant_id, $1, transaction, type, at, actor, object_kind, 'mallory', application, result, request_id, data "
        "FROM events LIMIT 1",
        made,
    )
    for place in range(12, position - 1, -1):
        await owner.execute("UPDATE event_positions SET position = position + 1 WHERE position = $1", place)
    await owner.execute(f"INSERT INTO event_positions VALUES ('acme', $1, $2, 2, {leaf})", position, made)
    return made


@pytest.mark.usefixtures("sealed")
async def test_a_row_put_in_between_is_named(database: Database, owner: Owner, audit_keys: FakeAuditKeys) -> None:
    inserted = await _insert_at(owner, 6, "sha256('made up')")
    assert await _found(database, audit_keys) == Finding(Fault.CHANGED, 6, str(inserted))


@pytest.mark.usefixtures("sealed")
async def test_a_row_put_in_between_with_a_hash_that_fits_is_named(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    inserted = await _insert_at(owner, 6, "'x'")
    rows = await DatabaseLog(database, "acme")._rows(5, 6)
    assert rows[0].columns is not None
    await owner.execute("UPDATE event_positions SET leaf = $1 WHERE position = 6", leaf(rows[0].columns))
    assert await _found(database, audit_keys) == Finding(Fault.INSERTED, 6, str(inserted))


@pytest.mark.usefixtures("sealed")
async def test_a_row_put_at_the_end_without_a_batch_is_named(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    inserted = await _insert_at(owner, 13, "'x'")
    assert await _found(database, audit_keys) == Finding(Fault.INSERTED, 13, str(inserted))


@pytest.mark.usefixtures("sealed")
async def test_a_log_that_grows_while_it_is_read_is_whole(
    database: Database, audit_keys: FakeAuditKeys, events: EventService, seal: Seal
) -> None:
    log = DatabaseLog(database, "acme")
    chain = Chain("acme", await audit_keys.public_keys(CONTEXT, use="audit"))
    async for batch, rows in log.batches():
        assert chain.check(batch, rows) is None
    await events.record(CONTEXT, event("meanwhile"))
    await seal()
    assert chain.end(await log.above(12)) is None


@pytest.mark.usefixtures("sealed")
async def test_a_batch_that_was_dropped_breaks_the_chain(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    await owner.execute("DELETE FROM event_batches WHERE number = 2")
    assert await _found(database, audit_keys) == Finding(Fault.CHAIN, 5)


@pytest.mark.usefixtures("sealed")
async def test_a_batch_hashed_anew_is_not_signed(database: Database, owner: Owner, audit_keys: FakeAuditKeys) -> None:
    stranger = FakeAuditKeys()
    await stranger.sign_bytes(CONTEXT, use="audit", data=b"")
    assert await _found(database, stranger) == Finding(Fault.SIGNATURE, 1)


async def _cut_tail(owner: Owner) -> None:
    await owner.execute("DELETE FROM events WHERE id IN (SELECT event_id FROM event_positions WHERE batch = 3)")
    await owner.execute("DELETE FROM event_positions WHERE batch = 3")
    await owner.execute("DELETE FROM event_batches WHERE number = 3")


async def _checkpoint(owner: Owner, number: int) -> Checkpoint:
    row = await owner.fetchrow("SELECT last_position, hash FROM event_batches WHERE number = $1", number)
    return Checkpoint("acme", row["last_position"], row["hash"])


@pytest.mark.usefixtures("sealed")
async def test_a_tail_that_was_cut_shows_against_a_checkpoint_and_only_there(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    kept = await _checkpoint(owner, 3)
    await _cut_tail(owner)
    assert await _found(database, audit_keys) is None
    assert await _found(database, audit_keys, kept) == Finding(Fault.CUT, 9)


@pytest.mark.usefixtures("sealed")
async def test_a_tail_that_was_cut_and_grew_again_shows_against_a_checkpoint(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys, events: EventService, seal: Seal
) -> None:
    kept = await _checkpoint(owner, 3)
    await _cut_tail(owner)
    await events.record_many(CONTEXT, [event(f"new-{number}") for number in range(4)])
    await seal()
    assert await _found(database, audit_keys) is None
    assert await _found(database, audit_keys, kept) == Finding(Fault.CHAIN, 9)


@pytest.mark.usefixtures("sealed")
async def test_a_checkpoint_that_holds_says_nothing(
    database: Database, owner: Owner, audit_keys: FakeAuditKeys
) -> None:
    assert await _found(database, audit_keys, await _checkpoint(owner, 2)) is None


# ------------------------------------------------------------------ commands and exports


@pytest.mark.usefixtures("sealed")
async def test_an_export_verifies_without_the_database(
    database: Database, audit_keys: FakeAuditKeys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "acme.jsonl"
    assert await export(database, audit_keys, "acme", path) == 0
    point = capsys.readouterr().out.rpartition("checkpoint ")[2].strip()
    assert await verify_export(path, checkpoint=point) == 0
    assert "12 events are as they were sealed" in capsys.readouterr().out
    assert await verify_export(path, trusted=["another-key"]) == 1


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (
            lambda lines: [line.replace('"1-1"', '"1-x"') for line in lines],
            "position 6: the row isn't the one that was sealed",
        ),
        (lambda lines: [line for line in lines if '"1-1"' not in line], "position 6: the row is missing"),
        (lambda lines: lines[:-1], "position 9: the row was never sealed"),
        (lambda lines: lines[:2], "position 1: the log ends before a checkpoint"),
        (lambda lines: [line for line in lines if '"number":2,' not in line], "position 5: the batch doesn't follow"),
    ],
)
async def test_a_tampered_export_is_told_by_its_first_bad_row(
    database: Database,
    audit_keys: FakeAuditKeys,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tamper: Callable[[list[str]], list[str]],
    sentence: str,
) -> None:
    path = tmp_path / "acme.jsonl"
    await export(database, audit_keys, "acme", path)
    point = capsys.readouterr().out.rpartition("checkpoint ")[2].strip()
    path.write_text("".join(tamper(path.read_text().splitlines(keepends=True))))
    assert await verify_export(path, checkpoint=point) == 1
    assert sentence in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    ["", "{}\n", "not json\n", '{"xenia_audit":2,"tenant":"a"}\n', '{"xenia_audit":1,"tenant":"a"}\n{"position":1}\n'],
)
async def test_what_is_no_export_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(text)
    with pytest.raises(SetupError):
        await verify_export(path)


@pytest.mark.usefixtures("sealed")
async def test_the_database_is_verified_by_a_command(
    database: Database, audit_keys: FakeAuditKeys, owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await verify_database(database, audit_keys, "acme") == 0
    await owner.execute("UPDATE events SET result = 'x' WHERE id = $1", await _event_at(owner, 2))
    assert await verify_database(database, audit_keys, "acme") == 1
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith("acme: position 2: the row isn't the one that was sealed (event ")
    )


async def test_an_empty_log_is_whole(database: Database, audit_keys: FakeAuditKeys) -> None:
    assert await verify_database(database, audit_keys, "acme") == 0
