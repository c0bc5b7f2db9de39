"""The head of a request ends, whoever sends it: by its size and by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from xenia.serving import protocol
from xenia.serving.protocol import MOST_BYTES, BoundedHttp

BEGUN = b"GET / HTTP/1.1\r\nhost: localhost\r\n"


async def application(_scope: Any, _receive: Any, send: Any) -> None:
    """Answers at once, whatever else is on its way."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Connection:
    """What a client does on one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def said(self, data: bytes) -> bytes:
        """Send, and everything that comes back until the server hangs up."""
        self.writer.write(data)
        return await self.reader.read()


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off")
    config.load()
    loop = asyncio.get_running_loop()
    state = ServerState()
    server = await loop.create_server(lambda: BoundedHttp(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
        server.close()
        await server.wait_closed()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No patience at all."""
    monkeypatch.setattr(protocol, "SECONDS", 0.0)


async def test_a_head_that_does_not_end_is_refused_before_it_fills_the_memory(connection: Connection) -> None:
    line = b"x-more: " + b"a" * 1000 + b"\r\n"
    answer = await connection.said(BEGUN + line * (MOST_BYTES // 1000 + 1))
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_an_address_that_does_not_end_is_refused_too(connection: Connection) -> None:
    assert (await connection.said(b"GET /" + b"a" * (MOST_BYTES + 1))).startswith(b"HTTP/1.1 431 ")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET", BEGUN])
async def test_half_a_head_is_not_waited_for(connection: Connection, sent: bytes) -> None:
    assert (await connection.said(sent)).startswith(b"HTTP/1.1 408 ")


async def test_a_whole_request_is_answered_and_the_rest_of_its_body_is_not_read_for_ever(
    connection: Connection,
) -> None:
    answer = await connection.said(BEGUN + b"content-length: 9999999\r\n\r\n" + b"a" * (2 * MOST_BYTES))
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert answer.count(b"HTTP/1.1") <= 2
