"""The application, and one that signs people in through it, on ports of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any, cast

import uvicorn

from xenia.app import Kernel
from xenia.clock import SystemClock
from xenia.db import Database
from xenia.plugin.manifest import discover
from xenia.security.sealing import MasterKey
from xenia.settings import Settings
from xenia.testing.app import App


@asynccontextmanager
async def served(database: Database) -> AsyncIterator[tuple[App, str]]:
    """The application with its tenant ``acme``, and its address."""
    with listening() as (place, address):
        settings = Settings(public_url=address, development=True)
        app = App(Kernel(settings, discover(), database, MasterKey(bytes(32)), live=False, clock=SystemClock()))
        async with running(app.front, place):
            await app.tenant()
            yield app, address
            await app.kernel.writer.close()


class Callback:
    """An application's own address: remembers what came back to it."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Remember the query of a GET, the form of a POST."""
        message = await receive()
        if scope["path"] == "/callback":
            given = scope["query_string"] if scope["method"] == "GET" else message.get("body", b"")
            self.got.append((scope["method"], given.decode()))
        headers = [(b"content-type", b"text/html"), (b"content-length", b"17")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<h1>Arrived.</h1>"})


@contextmanager
def listening() -> Iterator[tuple[socket, str]]:
    """A port of our own, and its address."""
    with socket(AF_INET, SOCK_STREAM) as place:
        place.bind(("127.0.0.1", 0))
        yield place, f"http://localhost:{place.getsockname()[1]}"


@asynccontextmanager
async def running(app: Any, place: socket) -> AsyncIterator[None]:
    """Serve until the block ends."""
    server = uvicorn.Server(uvicorn.Config(cast("Any", app), lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[place]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
