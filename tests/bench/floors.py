"""Floors that are no server: one signature, one indexed row, one row written durably among others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.bench.installation import System

TOGETHER = 16
_TABLE = "CREATE TABLE IF NOT EXISTS floor (id int PRIMARY KEY, words text)"
_READ = "SELECT words FROM floor WHERE id = $1"
_WRITE = "INSERT INTO floor SELECT * FROM unnest($1::int[], $2::text[])"


class Floor(msgspec.Struct, frozen=True):
    """Microseconds of processor time: ours, and the database's."""

    client: float
    database: float = 0.0

    @property
    def together(self) -> float:
        """Both."""
        return self.client + self.database


def signature(times: int = 1000) -> Floor:
    """One ES256 signature."""
    key, algorithm = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(SHA256())
    before = time.thread_time()
    for _ in range(times):
        key.sign(b"a token's header and claims", algorithm)
    return Floor((time.thread_time() - before) / times * 1e6)


def statements(system: System, times: int = 4000) -> dict[str, Floor]:
    """One indexed row read, and one written in a batch with fifteen others, by a pool as ours is made."""
    return asyncio.run(_statements(system, times))


async def _statements(system: System, times: int) -> dict[str, Floor]:
    pool = await asyncpg.create_pool(system.database_url, min_size=10, max_size=10, reset=_keep)
    try:
        await pool.execute(_TABLE)
        await pool.execute("TRUNCATE floor")
        places = iter(range(1_000_000))

        async def write() -> None:
            await pool.execute(_WRITE, [next(places) for _ in range(TOGETHER)], ["words"] * TOGETHER)

        async def read() -> None:
            await pool.fetchrow(_READ, 7)

        written = await _cost(system, write, times // TOGETHER)
        row = Floor(written.client / TOGETHER, written.database / TOGETHER)
        return {"read": await _cost(system, read, times), "write": row}
    finally:
        await pool.close()


async def _cost(system: System, work: Callable[[], Awaitable[None]], times: int) -> Floor:
    async def worker() -> None:
        for _ in range(times // TOGETHER):
            await work()

    database, ours = system.database.cpu_seconds(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(TOGETHER)))
    spent = time.process_time() - ours, system.database.cpu_seconds() - database
    done = times // TOGETHER * TOGETHER
    return Floor(spent[0] / done * 1e6, spent[1] / done * 1e6)


async def _keep(_connection: object) -> None:
    """Leave a returned connection as it is, as our own pool does."""
