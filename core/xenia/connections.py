"""A few connections of one role, lent to one at a time.

The driver's own pool makes a task, a shield and a time limit for each loan, which cost more than most statements do.
This one needs none of them: a seat for each connection, and the one that was given back last is lent first. No session
state is left behind that somebody could mistake for theirs, so there is nothing to reset either.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

import asyncpg

SECONDS = 5.0
"""How long one may wait for a connection, and for it to be made."""

_STATEMENT_SECONDS = 30.0
_IDLE_SECONDS = 300.0


class Connections:
    """At most ``size`` connections under ``role``, made when they are needed and closed when they long weren't."""

    def __init__(self, address: str, role: str, size: int) -> None:
        self._address = address
        self._role = role
        self._seats = asyncio.Semaphore(size)
        self._idle: deque[tuple[float, asyncpg.Connection]] = deque()
        self._lent: set[asyncpg.Connection] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection for the while. Raises ``TimeoutError`` where none gets free in time."""
        connection = await self._take()
        try:
            yield connection
        except (asyncio.CancelledError, TimeoutError):
            connection.terminate()  # its statement may run still, and the next one would meet that one's answer
            raise
        finally:
            self._give_back(connection)

    async def close(self) -> None:
        """Wait for what still runs, but not for ever."""
        self._closed = True
        try:
            async with asyncio.timeout(SECONDS):
                while self._lent:
                    await self._seats.acquire()
                for _, connection in self._idle:
                    await connection.close()
                await asyncio.gather(*self._ending)
        except TimeoutError:
            for connection in (*self._lent, *(connection for _, connection in self._idle)):
                connection.terminate()
        self._idle.clear()

    async def _take(self) -> asyncpg.Connection:
        if self._seats.locked():
            async with asyncio.timeout(SECONDS):
                await self._seats.acquire()
        else:  # which doesn't wait, and so needs no limit
            await self._seats.acquire()
        try:
            connection = self._kept() or await self._made()
        except BaseException:
            self._seats.release()
            raise
        self._lent.add(connection)
        return connection

    def _kept(self) -> asyncpg.Connection | None:
        if self._closed:
            raise asyncpg.InterfaceError("the connections are closed")
        while self._idle:
            _, connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _made(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(self._address, timeout=SECONDS, command_timeout=_STATEMENT_SECONDS)
        try:
            await connection.execute(f"SET ROLE {self._role}")
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _give_back(self, connection: asyncpg.Connection) -> None:
        now = asyncio.get_running_loop().time()
        self._lent.discard(connection)
        if not connection.is_closed():
            if connection.is_in_transaction():
                connection.terminate()  # its end was not heard of: nobody may go on in it
            else:
                self._idle.append((now, connection))
        if self._idle and self._idle[0][0] < now - _IDLE_SECONDS:
            self._end(self._idle.popleft()[1])
        self._seats.release()

    def _end(self, connection: asyncpg.Connection) -> None:
        task = asyncio.create_task(connection.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class TenantConnections(Connections):
    """Connections that each see one tenant's rows, and go on seeing them until they are lent for another tenant: the one
    piece of session state that is left behind, and nobody gets a connection without it being right.
    """

    def __init__(self, address: str, role: str, size: int) -> None:
        super().__init__(address, role, size)
        self._seen: WeakKeyDictionary[asyncpg.Connection, str] = WeakKeyDictionary()

    @asynccontextmanager
    async def lease_for(self, tenant: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees the rows of ``tenant``, whose id was checked."""
        async with self.lease() as connection:
            if self._seen.get(connection) != tenant:
                self._seen.pop(connection, None)  # whatever comes of the statement, it isn't the tenant of before
                await connection.execute(f"SET xenia.tenant = '{tenant}'")
                self._seen[connection] = tenant
            yield connection
