"""Migrations run once, in order, under a lock, and tell when a database is behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from xenia.db import Database
from xenia.migrate import check_version, migrate, steps
from xenia.testing.database import fresh, renamed

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
