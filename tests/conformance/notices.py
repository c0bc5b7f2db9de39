"""Where an application listens for back-channel logout (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from tests.conformance.expect import NotConforming

_PATIENCE_SECONDS = 10
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"


class Notices:
    """Takes posted forms on a loopback port and keeps them. ``meddler`` may change one on its way."""

    def __init__(self) -> None:
        self.address = ""
        self.meddler: Callable[[dict[str, str]], dict[str, str]] = dict
        self._came: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def next(self) -> dict[str, str]:
        """The next form that came. Raises ``NotConforming`` where none does."""
        try:
            return await asyncio.wait_for(self._came.get(), _PATIENCE_SECONDS)
        except TimeoutError:
            raise NotConforming("no logout token came by the back channel") from None

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        form = dict(parse_qsl((await reader.readexactly(length)).decode("ascii")))
        self._came.put_nowait(self.meddler(form))
        writer.write(_ANSWER)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Notices]:
    """Notices on a port of their own."""
    notices = Notices()
    server = await asyncio.start_server(notices._take, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        notices.address = f"http://127.0.0.1:{port}/backchannel-logout"
        yield notices
