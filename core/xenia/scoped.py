"""One tenant's rows: the scoped role and the setting that its row-level security reads, for a transaction or a statement."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, cast

import asyncpg

Row: TypeAlias = asyncpg.Record
Connection: TypeAlias = asyncpg.Connection

_TENANT = re.compile(r"[\w.-]{0,64}", re.ASCII)


class TenantTables:
    """Statements on one tenant's rows under the scoped role, each of which stands alone. Implements ``Store``."""

    __slots__ = ("_run", "_tenant")

    def __init__(self, run: Callable[[str, str, str, Sequence[Any]], Awaitable[Any]], tenant: str) -> None:
        self._run = run
        self._tenant = tenant

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """All rows."""
        return cast("list[Row]", await self._run(self._tenant, "fetch", sql, args))

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        """The first row, or ``None``."""
        return cast("Row | None", await self._run(self._tenant, "fetchrow", sql, args))

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row."""
        return await self._run(self._tenant, "fetchval", sql, args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement; the command tag."""
        return cast("str", await self._run(self._tenant, "execute", sql, args))


@asynccontextmanager
async def begun(connection: Connection, tenant: str) -> AsyncIterator[None]:
    """A transaction that sees one tenant. Its beginning goes in one message, since a trip costs more than most statements."""
    await connection.execute(f"BEGIN; {_seeing(tenant)}")
    try:
        yield
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")


def _seeing(tenant: str) -> str:
    """The statement that shows the rows of one tenant: not by a parameter, for several statements in one message have none."""
    return f"SET LOCAL xenia.tenant = '{checked(tenant)}'"


def checked(tenant: str) -> str:
    """What may stand between quotes. Raises ``ValueError`` for what is no tenant's id."""
    if not _TENANT.fullmatch(tenant):
        raise ValueError("not a tenant's id")
    return tenant


@asynccontextmanager
async def narrowed(connection: Connection, tenant: str) -> AsyncIterator[Connection]:
    """A running transaction of the application's role, under the scoped one for the while."""
    await connection.execute(f"SET LOCAL ROLE xenia_scoped; {_seeing(tenant)}")
    try:
        yield connection
    finally:
        if not connection.is_closed():
            await _widen(connection)


async def _widen(connection: Connection) -> None:
    """Back to the application's role; a transaction that failed already is rolled back by whoever began it."""
    try:
        await connection.execute("SET LOCAL ROLE xenia_app")
    except asyncpg.InFailedSQLTransactionError:
        return
