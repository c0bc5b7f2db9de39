"""The database: pools under two roles, and the unit of work.

``Database`` runs reviewed statements as ``xenia_app``; :meth:`Database.scoped` runs composed ones, and everything of
plugins, as ``xenia_scoped`` with the tenant set for the transaction. A transaction is ambient: whatever is awaited
inside ``async with db.transaction()`` joins it, so that a change and its event commit together without a connection in
every signature. No hook and no network call may be awaited inside (:func:`in_transaction` lets the dispatcher refuse).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from functools import cache, partial
from typing import Any, TypeAlias, TypeVar, cast

import asyncpg

from xenia.connections import SECONDS, Connections, TenantConnections
from xenia.errors import Unavailable
from xenia.scoped import TenantTables, begun, checked, narrowed
from xenia.together import Together

Row: TypeAlias = asyncpg.Record
Connection: TypeAlias = asyncpg.Connection

_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncio.TimeoutError,
)
_SPARE = 4


def _place(args: Sequence[Any]) -> Sequence[Any]:
    """Which row a statement is about: what its first two parameters say."""
    return args[:2]


@cache
def _one_row(sql: str) -> str:
    """``sql`` as a statement that always gives one row: all null where it finds nothing."""
    return f"SELECT found.* FROM (SELECT) AS one LEFT JOIN LATERAL ({sql} LIMIT 1) AS found ON true"  # noqa: S608  one of ours


class _Running:
    """A transaction in progress and what is to happen after its commit."""

    __slots__ = ("after", "changed", "connection", "waits")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.after: list[Callable[[], None]] = []
        self.waits: dict[str, Callable[[], Awaitable[None]]] = {}
        self.changed: set[Hashable] = set()


_running: ContextVar[_Running | None] = ContextVar("xenia_transaction", default=None)
_is_apart: ContextVar[bool] = ContextVar("xenia_apart", default=False)


T = TypeVar("T")


def in_transaction() -> bool:
    """Whether a transaction runs in this task."""
    return _running.get() is not None


def changed_here() -> set[Hashable]:
    """What the running transaction has changed of cached things: it must read its own writes. Empty, and forgotten,
    outside of one.
    """
    running = _running.get()
    return running.changed if running else set()


async def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run ``work`` outside the running transaction, if there is one: what it writes stays when that one is rolled
    back.
    """
    if not in_transaction():
        return await work()
    outside = copy_context()
    outside.run(_running.set, None)
    outside.run(_is_apart.set, True)  # a pool of its own: all connections of the other may be held by those who wait
    return await asyncio.create_task(work(), context=outside)


class Database:
    """Pools of one PostgreSQL database. ``address`` is a ``postgresql://`` URL."""

    def __init__(self, address: str, *, size: int = 10) -> None:
        self.address = address
        self._size = size
        self._pool: Connections | None = None
        self._scoped: asyncpg.Pool | None = None
        self._spare: Connections | None = None
        self._tables: TenantConnections | None = None
        self._answers: dict[str, Together[Sequence[Any], Row]] = {}
        self._writes: dict[str, Together[Sequence[Any], None]] = {}

    async def open(self) -> None:
        """Open the pools lazily: connections come with the first statements, so that a start without a database still
        answers.
        """
        self._pool = Connections(self.address, "xenia_app", self._size)
        self._spare = Connections(self.address, "xenia_app", _SPARE)
        self._tables = TenantConnections(self.address, "xenia_scoped", max(2, self._size // 2))
        self._scoped = await self._make_scoped()

    async def _make_scoped(self) -> asyncpg.Pool:
        """The driver's own pool, since plugins get its connections: one that is kept beyond its time is of no use."""

        async def become(connection: Connection) -> None:
            await connection.execute("SET ROLE xenia_scoped")

        return await asyncpg.create_pool(
            self.address,
            min_size=0,
            max_size=max(2, self._size // 2),
            init=become,
            reset=_keep,  # no session state is ever left behind, so there is nothing to reset
            timeout=SECONDS,
            command_timeout=30,
            max_inactive_connection_lifetime=300,
        )

    async def close(self) -> None:
        """Close the pools."""
        for connections in (self._pool, self._spare, self._tables):
            if connections is not None:
                await connections.close()
        if self._scoped is not None:
            await _close(self._scoped)

    # -- statements of the application's role

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """All rows."""
        return cast("list[Row]", await self._run("fetch", sql, args))

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        """The first row, or ``None``."""
        return cast("Row | None", await self._run("fetchrow", sql, args))

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row."""
        return await self._run("fetchval", sql, args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement; the command tag."""
        return cast("str", await self._run("execute", sql, args))

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for many rows in one round trip."""
        await self._run("executemany", sql, (rows,))

    async def changed(self, sql: str, *args: Any) -> int:
        """Run a statement; how many rows it changed."""
        tag = await self.execute(sql, *args)
        return int(tag.rpartition(" ")[2] or 0)

    # -- statements of many callers at once

    async def lookup(self, sql: str, *args: Any) -> Row | None:
        """The row that ``sql`` finds, or ``None``; its first column is never null. Outside of a transaction all who
        ask the same at a time share a round trip, so this is for what every request asks.
        """
        if in_transaction() or _is_apart.get():
            return await self.fetchrow(sql, *args)
        return await self.answered(_one_row(sql), *args)

    async def answered(self, sql: str, *args: Any) -> Row | None:
        """The same for a statement that gives exactly one row, whose first column is null where there is no answer. Its
        first two parameters say which row it is about. It may write: what goes together is committed together, and each
        sees what was there when its own turn came, as it would alone.
        """
        if in_transaction() or _is_apart.get():
            row = await self.fetchrow(sql, *args)
        else:
            if (together := self._answers.get(sql)) is None:
                trip = partial(self._ask_many, sql)
                together = self._answers[sql] = Together(trip, retried=(asyncpg.PostgresError,), order=_place)
            row = await together.go(args)
        return None if row is None or row[0] is None else row

    async def write(self, sql: str, *args: Any) -> None:
        """Run a statement that writes and gives nothing back. Outside of a transaction it is committed together with
        those of other callers when this returns.
        """
        if in_transaction() or _is_apart.get():
            await self._run("execute", sql, args)
            return
        if (together := self._writes.get(sql)) is None:
            together = self._writes[sql] = Together(partial(self._write_many, sql), retried=(asyncpg.PostgresError,))
        await together.go(args)

    async def _ask_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> Sequence[Row]:
        return cast("Sequence[Row]", await self._run("fetchmany", sql, (rows,)))

    async def _write_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> Sequence[None]:
        await self._run("executemany", sql, (rows,))
        return [None] * len(rows)

    async def written(self) -> None:
        """Wait for what callers of :meth:`write` brought."""
        for together in self._writes.values():
            await together.arrived()

    # -- running them

    async def _run(self, verb: str, sql: str, args: Sequence[Any]) -> Any:
        if running := _running.get():
            return await getattr(running.connection, verb)(sql, *args)
        with _translated():
            async with self._mine().lease() as connection:
                return await getattr(connection, verb)(sql, *args)

    def _mine(self) -> Connections:
        """The pool for the running task."""
        pool = self._spare if _is_apart.get() else self._pool
        assert pool is not None, "the database is not open"  # noqa: S101  a mistake of ours, not of input
        return pool

    # -- transactions

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """One transaction for everything awaited inside. Where one runs already, it is joined."""
        if _running.get():
            yield
            return
        with _translated():
            async with self._mine().lease() as connection:
                running = _Running(connection)
                token = _running.set(running)
                try:
                    async with connection.transaction():
                        yield
                finally:
                    _running.reset(token)
        for todo in running.after:
            todo()
        for wait in running.waits.values():
            await wait()

    def after_commit(self, todo: Callable[[], None]) -> None:
        """Call ``todo`` when the running transaction has committed; at once where none runs."""
        if running := _running.get():
            running.after.append(todo)
        else:
            todo()

    async def wait_after_commit(self, name: str, wait: Callable[[], Awaitable[None]]) -> None:
        """Await ``wait``, once for each ``name``, when the running transaction has committed and before its owner goes
        on; now where none runs.
        """
        if running := _running.get():
            running.waits[name] = wait
        else:
            await wait()

    @asynccontextmanager
    async def scoped(self, tenant: str) -> AsyncIterator[Connection]:
        """A transaction under the scoped role that sees one tenant's rows. Inside a running transaction, that one
        changes its role for the while.
        """
        if running := _running.get():
            async with narrowed(running.connection, tenant) as connection:
                yield connection
            return
        assert self._scoped is not None, "the database is not open"  # noqa: S101
        async with _acquired(self._scoped) as connection, begun(connection, tenant):
            yield connection

    def tables(self, tenant: str) -> TenantTables:
        """Statements that see one tenant's rows, each by itself."""
        return TenantTables(self.run_alone, tenant)

    async def run_alone(self, tenant: str, verb: str, sql: str, args: Sequence[Any]) -> Any:
        """One statement under the scoped role that sees one tenant's rows. It is a transaction by itself, and so takes one trip
        instead of three; inside a running transaction it is part of that one.
        """
        seen = checked(tenant)
        if running := _running.get():
            async with narrowed(running.connection, seen) as connection:
                return await getattr(connection, verb)(sql, *args)
        assert self._tables is not None, "the database is not open"  # noqa: S101
        with _translated():
            async with self._tables.lease_for(seen) as connection:
                return await getattr(connection, verb)(sql, *args)

    async def run_scoped(self, tenant: str, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        """Run ``work`` with a scoped connection."""
        async with self.scoped(tenant) as connection:
            return await work(connection)


async def _close(pool: asyncpg.Pool) -> None:
    """Wait for what still runs, but not for ever."""
    try:
        async with asyncio.timeout(SECONDS):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _keep(_connection: Connection) -> None:
    """Leave a returned connection as it is."""


@asynccontextmanager
async def _acquired(pool: asyncpg.Pool) -> AsyncIterator[Connection]:
    with _translated():
        connection = await pool.acquire(timeout=SECONDS)
    try:
        with _translated():
            yield connection
    finally:
        await pool.release(connection)


class _translated:  # noqa: N801  reads like a clause: ``with _translated():``
    """Turns "the database is away" into :class:`Unavailable`, which answers 503 with ``Retry-After``."""

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, _AWAY):
            raise Unavailable(f"database: {type(problem).__name__}: {problem}") from problem
