"""Migrations run once, in order, under a lock, and tell when a database is behind."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from xenia.db import Database
from xenia.embedded import EmbeddedPostgres
from xenia.errors import SetupError
from xenia.migrate import check_version, migrate, steps
from xenia.testing.database import FAST, fresh, renamed

Make = Callable[[], Awaitable[str]]


@pytest.fixture
async def empty_database(database_server: str) -> str:
    return renamed(database_server, fresh())


async def _create(admin: str, address: str) -> None:
    connection = await asyncpg.connect(admin)
    await connection.execute(f"CREATE DATABASE {urlsplit(address).path[1:]}")
    await connection.close()


async def _drop(admin: str, address: str) -> None:
    connection = await asyncpg.connect(admin)
    await connection.execute(f"DROP DATABASE {urlsplit(address).path[1:]} WITH (FORCE)")
    await connection.close()


async def _version(address: str) -> str | None:
    opened = Database(address)
    await opened.open()
    try:
        return await check_version(opened)
    finally:
        await opened.close()


async def test_an_empty_database_is_refused_and_a_migrated_one_is_not(
    database_server: str, empty_database: str
) -> None:
    await _create(database_server, empty_database)
    try:
        assert "xenia migrate" in (await _version(empty_database) or "")
        await migrate(empty_database)
        assert await _version(empty_database) is None
    finally:
        await _drop(database_server, empty_database)


def test_a_plugin_that_promises_migrations_and_has_none_is_told_so() -> None:
    with pytest.raises(SetupError, match=r"no migrations beside xenia\.plugin\.piccolo_app"):
        steps(("xenia.plugin.piccolo_app",))


async def test_two_migrations_at_once_end_well(database_server: str, empty_database: str) -> None:
    await _create(database_server, empty_database)
    try:
        await asyncio.gather(*(migrate(empty_database) for _ in range(3)))
        assert await _version(empty_database) is None
    finally:
        await _drop(database_server, empty_database)


async def test_a_missing_migration_is_named(fresh_database: Make) -> None:
    address = await fresh_database()
    connection = await asyncpg.connect(address)
    await connection.execute("DELETE FROM migration WHERE app_name = 'xenia'")
    await connection.close()
    assert steps()[0].name in (await _version(address) or "")


async def test_migrating_says_nothing_on_the_terminal(fresh_database: Make, capsys: pytest.CaptureFixture[str]) -> None:
    await migrate(await fresh_database())
    assert capsys.readouterr().out == ""


@pytest.fixture
def own_server() -> Iterator[str]:
    """A server where nobody has made the roles yet."""
    folder = Path(tempfile.mkdtemp(prefix="xenia-migrate-"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder, FAST) as embedded:
        yield embedded.address
    shutil.rmtree(folder, ignore_errors=True)


async def test_an_owner_who_is_no_superuser_can_migrate_and_serve(own_server: str) -> None:
    connection = await asyncpg.connect(own_server)
    for owner in ("first", "second"):
        await connection.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE")
        await connection.execute(f"CREATE DATABASE {owner} OWNER {owner}")
    first, second = (renamed(own_server, owner).replace("xenia@", f"{owner}@") for owner in ("first", "second"))
    await migrate(first)
    assert await _version(first) is None
    with pytest.raises(SetupError, match="granted xenia_app"):
        await migrate(second)
    await connection.execute("GRANT xenia_app, xenia_scoped TO second")
    await migrate(second)
    assert await _version(second) is None
    await connection.close()
