"""What a process stands on, asked with a connection of its own: is the database there, and is it ours and up to date?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from xenia.db import Database
from xenia.errors import SetupError, Unavailable
from xenia.migrate import check_version
from xenia.plugin.manifest import Plugin

NOT_OURS = (asyncpg.UndefinedTableError, asyncpg.InvalidParameterValueError)
"""What a question to a database without our tables or roles ends with."""


@asynccontextmanager
async def probing(address: str) -> AsyncIterator[Database]:
    """One connection for one question. Raises ``Unavailable`` where nobody answers, ``SetupError`` where we are refused."""
    database = Database(address, size=1)
    try:
        await database.open()
        yield database
    except Unavailable as problem:
        if isinstance(problem.__cause__, asyncpg.exceptions.ClientConfigurationError):
            raise SetupError(f"database_url is no address of a database: {problem.__cause__}") from problem
        raise
    except asyncpg.PostgresError as problem:
        raise SetupError(
            f"the database refuses us ({problem}): check database_url and the rights of its user"
        ) from problem
    finally:
        await database.close()


async def version_problem(address: str, plugins: Sequence[Plugin]) -> str | None:
    """One line where the schema is behind, else ``None``. Raises ``Unavailable`` where the database can't be asked."""
    async with probing(address) as database:
        return await check_version(database, migration_apps(plugins))


def migration_apps(plugins: Sequence[Plugin]) -> tuple[str, ...]:
    """The Piccolo apps of every installed plugin that has tables, in requirement order."""
    return tuple(plugin.manifest.migrations for plugin in plugins if plugin.manifest.migrations)
