"""The schema's promises: every tenant's rows are behind a policy, links stay inside a tenant, and what was written stays."""

from __future__ import annotations

import asyncpg
import pytest

from xenia.db import Database

TENANTED = """
SELECT c.oid, c.relname AS name, c.relrowsecurity AS guarded,
       EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant'
               AND 'xenia_scoped'::regrole = ANY (p.polroles)
               AND pg_get_expr(p.polqual, p.polrelid) LIKE '%xenia.tenant%'
               AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%xenia.tenant%') AS policed
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"""

NOT_TENANTED_KEY = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum <> i.indkey[0]"""

FOREIGN_KEYS = """
SELECT k.conrelid::regclass::text AS name, k.conname
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'tenant_id'
WHERE k.contype = 'f' AND NOT a.attnum = ANY (k.conkey)"""

INSERT_ONLY = ("events", "event_positions", "event_batches", "revocations")
SECRET = (
    "data_keys",
    "person_keys",
    "signing_keys",
    "sessions",
    "codes",
    "access_tokens",
    "refresh_tokens",
    "journeys",
)


async def test_every_table_with_a_tenant_has_its_policy(database: Database) -> None:
    rows = await database.fetch(TENANTED)
    assert len(rows) > 20
    assert [row["name"] for row in rows if not (row["guarded"] and row["policed"])] == []


async def test_keys_begin_with_the_tenant_where_rows_are_a_tenants(database: Database) -> None:
    names = {row[0] for row in await database.fetch(NOT_TENANTED_KEY)}
    assert names == {"domains", "revocations"}  # a host is one tenant's everywhere, and the log has one order


async def test_a_link_across_tenants_cannot_exist(database: Database) -> None:
    assert [tuple(row) for row in await database.fetch(FOREIGN_KEYS)] == []


async def test_no_tenant_set_is_no_rows(database: Database) -> None:
    await database.execute("INSERT INTO tenants (id, title, issuer) VALUES ('acme', 'Acme', 'x')")
    await database.execute("INSERT INTO applications (tenant_id, id, title) VALUES ('acme', 'shop', 'Shop')")
    for tenant, count in (("acme", 1), ("globex", 0), ("", 0)):
        async with database.scoped(tenant) as connection:
            assert await connection.fetchval("SELECT count(*) FROM applications") == count


@pytest.mark.parametrize("table", INSERT_ONLY)
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET tenant_id = tenant_id"])
async def test_what_was_told_stays(database: Database, table: str, verb: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.execute(verb.format(table))


@pytest.mark.parametrize(
    "table", [*SECRET, "application_secrets", "one_time", "counters", "jobs", "tenants", "migration"]
)
async def test_the_scoped_role_cannot_read_what_is_no_business_of_plugins(database: Database, table: str) -> None:
    async with database.scoped("acme") as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("role", ["xenia_app", "xenia_scoped"])
async def test_the_roles_are_nobody_special(database: Database, role: str) -> None:
    row = await database.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", role)
    assert row is not None
    assert not any(row[f"rol{power}"] for power in ("super", "bypassrls", "createdb", "createrole", "canlogin"))


async def test_neither_role_changes_the_schema(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.execute("CREATE TABLE mine (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.execute("ALTER TABLE events DISABLE ROW LEVEL SECURITY")
