"""A range service on a port of its own, which may be told to misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.plugins.breached.conftest import sha1


class Service:
    """Answers ``GET /range/ABCDE`` with everything that begins so. ``asked`` are the paths, ``headers`` of the last request."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.status = 200
        self.body: bytes | None = None
        self.hangs = False
        self.port = 0

    @property
    def url(self) -> str:
        """What a tenant writes into its settings."""
        return f"http://127.0.0.1:{self.port}/range/"

    def knows(self, password: str, count: int = 1) -> None:
        """It has seen this password."""
        self.known[sha1(password).hex().upper()] = count

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, then the connection ends."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:  # given up before anything was asked
            writer.close()
            return
        first, *lines = head.split("\r\n")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.asked.append(first.split()[1])
        if self.hangs:
            await reader.read()
        else:
            body = self.body if self.body is not None else self.range_of(self.asked[-1].removeprefix("/range/"))
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (self.status, len(body)) + body
            )
            await writer.drain()
        writer.close()

    def range_of(self, prefix: str) -> bytes:
        """What is known, between padding."""
        mine = [f"{hash_[5:]}:{count}" for hash_, count in self.known.items() if hash_.startswith(prefix)]
        padding = [f"{number:035X}:0" for number in range(20)]
        return "\r\n".join(sorted([*mine, *padding])).encode()


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    """The service, for the while."""
    service = Service()
    server = await asyncio.start_server(service.answer, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    yield service
    server.close()
