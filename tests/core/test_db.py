"""The unit of work: what commits together, what is seen, and what happens afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextvars import Context

import asyncpg
import pytest

from xenia.db import Database, in_transaction
from xenia.errors import Unavailable

TENANT = "INSERT INTO tenants (id, title, issuer) VALUES ($1, $1, $1)"
APPLICATION = "INSERT INTO applications (tenant_id, id, title) VALUES ($1, $2, $2)"


async def _fail(database: Database, work: Awaitable[object]) -> None:
    """Do the work in a transaction that then fails."""
    async with database.transaction():
        await work
        raise RuntimeError


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await _fail(database, database.execute(TENANT, "acme"))
    assert await database.fetchval("SELECT count(*) FROM tenants") == 0


async def test_an_inner_transaction_joins_the_outer_one(database: Database) -> None:
    async with database.transaction():
        async with database.transaction():
            await database.execute(TENANT, "acme")
        assert in_transaction()
    assert not in_transaction()
    assert await database.fetchval("SELECT count(*) FROM tenants") == 1


async def test_what_is_to_happen_after_a_commit_waits_for_it(database: Database) -> None:
    done: list[str] = []
    async with database.transaction():
        database.after_commit(lambda: done.append("committed"))
        assert done == []
    assert done == ["committed"]


async def test_what_is_to_happen_after_a_commit_does_not_happen_after_a_failure(database: Database) -> None:
    done: list[str] = []

    async def work() -> None:
        database.after_commit(lambda: done.append("committed"))

    with pytest.raises(RuntimeError):
        await _fail(database, work())
    assert done == []


async def test_a_scoped_connection_sees_one_tenant_and_no_table_of_secrets(database: Database) -> None:
    for tenant in ("acme", "globex"):
        await database.execute(TENANT, tenant)
        await database.execute(APPLICATION, tenant, "shop")
    async with database.scoped("acme") as connection:
        rows = await connection.fetch("SELECT tenant_id FROM applications")
    assert [row[0] for row in rows] == ["acme"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.scoped("acme") as connection:
            await connection.fetch("SELECT * FROM application_secrets")


async def test_a_scoped_part_of_a_transaction_gives_the_role_back(database: Database) -> None:
    async with database.transaction():
        await database.execute(TENANT, "acme")
        async with database.scoped("acme") as connection:
            assert await connection.fetchval("SELECT current_user") == "xenia_scoped"
        assert await database.fetchval("SELECT current_user") == "xenia_app"


async def test_the_number_of_changed_rows_is_told(database: Database) -> None:
    await database.execute(TENANT, "acme")
    assert await database.changed("UPDATE tenants SET title = 'x' WHERE id = $1", "acme") == 1
    assert await database.changed("UPDATE tenants SET title = 'x' WHERE id = $1", "other") == 0


async def test_a_database_that_is_away_is_unavailable(database: Database, tmp_path: object) -> None:
    away = Database(f"postgresql://nobody@/none?host={tmp_path}")
    await away.open()
    with pytest.raises(Unavailable):
        await away.fetchval("SELECT 1")
    with pytest.raises(Unavailable):
        async with away.transaction():
            pass
    await away.close()


async def test_those_who_look_up_together_each_find_their_own_row(database: Database) -> None:
    for number in range(20):
        await database.execute(TENANT, f"t{number}")
    sql = "SELECT id, title FROM tenants WHERE id = $1"
    rows = await asyncio.gather(*(database.lookup(sql, f"t{number}") for number in range(40)))
    assert [row and row["title"] for row in rows] == [f"t{number}" for number in range(20)] + [None] * 20


async def test_who_looks_up_sees_what_was_committed_before_and_what_its_own_transaction_wrote(
    database: Database,
) -> None:
    sql = "SELECT id FROM tenants WHERE id = $1"
    async with database.transaction():
        await database.write(TENANT, "acme")
        assert await database.lookup(sql, "acme")
        assert not await asyncio.create_task(database.lookup(sql, "acme"), context=Context())
    assert await database.lookup(sql, "acme")


async def test_those_who_write_together_are_answered_after_the_commit(database: Database) -> None:
    async def one(name: str) -> bool:
        await database.write(TENANT, name)
        return bool(await database.fetchval("SELECT 1 FROM tenants WHERE id = $1", name))

    assert all(await asyncio.gather(*(one(f"t{number}") for number in range(20))))


async def test_one_who_writes_what_may_not_be_fails_alone(database: Database) -> None:
    names = ("a", "b", "a", "c")
    answers = await asyncio.gather(*(database.write(TENANT, name) for name in names), return_exceptions=True)
    assert [type(answer) for answer in answers].count(asyncpg.UniqueViolationError) == 1
    assert await database.fetchval("SELECT count(*) FROM tenants") == 3


@pytest.fixture
async def things(database: Database) -> AsyncIterator[None]:
    """A plugin's table."""
    owner = await asyncpg.connect(database.address)
    try:
        await owner.execute("""
            CREATE TABLE things (tenant_id text, name text);
            ALTER TABLE things ENABLE ROW LEVEL SECURITY;
            GRANT SELECT, INSERT ON things TO xenia_scoped;
            CREATE POLICY tenant ON things TO xenia_scoped USING (tenant_id = current_setting('xenia.tenant', true))
                WITH CHECK (tenant_id = current_setting('xenia.tenant', true))""")
        yield
        await owner.execute("DROP TABLE things")
    finally:
        await owner.close()


THING = "INSERT INTO things VALUES ($1, $2)"


@pytest.mark.usefixtures("things")
async def test_a_statement_by_itself_sees_one_tenant_whoever_was_seen_before(database: Database) -> None:
    for tenant in ("acme", "globex"):
        assert await database.tables(tenant).execute(THING, tenant, "one") == "INSERT 0 1"
    names = ("acme", "globex", "acme", "nobody", "", "globex") * 10
    look = "SELECT array_agg(tenant_id) FROM things, pg_sleep(0.001)"
    seen = await asyncio.gather(*(database.tables(name).fetchval(look) for name in names))
    assert seen == [[name] if name in ("acme", "globex") else None for name in names]
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await database.tables("acme").execute(THING, "globex", "stolen")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.tables("acme").fetch("SELECT * FROM application_secrets")


@pytest.mark.usefixtures("things")
async def test_a_statement_by_itself_is_committed_at_once_and_joins_a_transaction(database: Database) -> None:
    mine = database.tables("acme")
    await mine.execute(THING, "acme", "one")

    async def another() -> None:
        await mine.execute(THING, "acme", "another")
        assert await database.fetchval("SELECT current_user") == "xenia_app"

    with pytest.raises(RuntimeError):
        await _fail(database, another())
    assert [row["name"] for row in await mine.fetch("SELECT name FROM things")] == ["one"]
    row = await mine.fetchrow("SELECT name FROM things")
    assert row
    assert row["name"] == "one"


async def test_a_tenant_that_could_not_be_set_is_set_anew(database: Database) -> None:
    tables = database.tables("acme")
    for _ in range(3):
        with pytest.raises(asyncpg.UndefinedTableError):
            await tables.fetch("SELECT * FROM nothing")
    assert await tables.fetchval("SELECT current_setting('xenia.tenant')") == "acme"


@pytest.mark.parametrize("tenant", ["acme'; RESET ROLE; --", "a b", "acme\0", "ä", "a" * 65])
async def test_what_is_no_tenant_s_id_never_reaches_the_server(database: Database, tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        async with database.scoped(tenant):
            raise AssertionError
    with pytest.raises(ValueError, match="tenant"):
        await database.tables(tenant).fetchval("SELECT 1")
    async with database.transaction():
        with pytest.raises(ValueError, match="tenant"):
            async with database.scoped(tenant):
                raise AssertionError


async def test_a_scoped_piece_of_work_that_fails_leaves_nothing_and_no_connection_behind(database: Database) -> None:
    async def failing() -> None:
        async with database.scoped("acme") as connection:
            assert await connection.fetchval("SELECT current_setting('xenia.tenant')") == "acme"
            raise ZeroDivisionError

    for _ in range(20):  # more than there are connections
        with pytest.raises(ZeroDivisionError):
            await failing()
    async with database.scoped("birch") as connection:
        assert (
            await connection.fetchval("SELECT current_user || ' ' || current_setting('xenia.tenant')")
            == "xenia_scoped birch"
        )
    async with database.scoped("") as connection:
        assert await connection.fetchval("SELECT current_setting('xenia.tenant')") == ""
