"""The database goes away under a serving process and comes back: 503 meanwhile, nothing wrong, no restart (F16)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.core.serving.processes import database_at, free_port
from tests.faults.world import Serving, World, until

pytestmark = pytest.mark.slow


class Relay:
    """A way to the database that can be cut and closed, and opened again on the same port."""

    def __init__(self, address: str, port: int) -> None:
        self._address, self.port = address, port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Cut what is connected and refuse what comes."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await database_at(self._address)
        self._writers |= {writer, to_server}
        await asyncio.gather(_copy(reader, to_server), _copy(from_server, writer))
        self._writers -= {writer, to_server}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    except (ConnectionError, RuntimeError):
        pass
    finally:
        writer.close()


@asynccontextmanager
async def third(two: World) -> AsyncIterator[tuple[Serving, Relay]]:
    """One more process of the installation, whose way to the database is ours."""
    parts = urlsplit(two.kernel.database.address)
    relay = Relay(two.kernel.database.address, free_port())
    await relay.open()
    settings = two.processes[0].settings | {
        "XENIA_DATABASE_URL": f"postgresql://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{relay.port}{parts.path}"
    }
    process = Serving(free_port(), two.processes[0].log.parent, settings)
    try:
        await process.start()
        yield process, relay
    finally:
        await process.stop()
        await relay.cut()


async def test_a_database_that_goes_away_is_503_until_it_is_back(two: World) -> None:
    async with third(two) as (process, relay), httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        page = f"{process.url}/t/acme/sign-in"
        assert (await client.get(page)).status_code == 303
        for _ in range(2):
            await relay.cut()
            answers = await asyncio.gather(*(client.get(page) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {503}
            assert all(answer.headers["retry-after"] for answer in answers)
            assert (await client.get(f"{process.url}/health/live")).status_code == 200
            assert (await client.get(f"{process.url}/health/ready")).status_code == 503
            form = {"grant_type": "client_credentials", "client_id": "shop"}
            assert (await client.post(f"{process.url}/t/acme/oauth/token", data=form)).status_code in (400, 401, 503)
            await relay.open()
            await until(lambda: _answers(client, page, 303), "it serves again")
            again = await asyncio.gather(*(client.get(page) for _ in range(40)))
            assert {answer.status_code for answer in again} == {303}


async def _answers(client: httpx2.AsyncClient, url: str, status: int) -> bool:
    return (await client.get(url)).status_code == status
