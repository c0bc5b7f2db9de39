"""The unit of work: what commits together, what is seen, and what happens afterwards."""

from __future__ import annotations

from collections.abc import Awaitable

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
