"""The gate before the application: closed until the database was seen and found to be ours and up to date.

A database that is away at the start is no reason to die: the process answers 503 with ``Retry-After`` and heals by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from xenia.errors import Unavailable
from xenia.log import log

LIVE = "/health/live"
PAUSE_SECONDS = 1.0


class Gate:
    """An ASGI application that lets requests through to ``inner`` once ``examine`` has succeeded.

    ``examine`` raises ``Unavailable`` for "ask again later" and ``SetupError`` for what an operator must mend.
    """

    def __init__(self, inner: ASGIApp, examine: Callable[[], Awaitable[None]], pause: float = PAUSE_SECONDS) -> None:
        self._inner = inner
        self._examine = examine
        self._pause = pause
        self.is_open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if self.is_open or not _is_request(scope):
            await self._inner(scope, receive, send)
        else:
            await _come_back(send)

    async def try_once(self) -> bool:
        """Open the gate if all is well. Raises ``SetupError`` where it never will be."""
        try:
            await self._examine()
        except Unavailable as problem:
            log.warning("waiting_for_database", problem=problem.detail)
            return False
        self.is_open = True
        return True

    async def keep_trying(self) -> None:
        """Until it is open."""
        while True:
            if await self.try_once():
                return
            await asyncio.sleep(self._pause)


def _is_request(scope: Mapping[str, Any]) -> bool:
    """Whether it needs the database: the process's own life and its liveness don't."""
    return bool(scope["type"] == "http" and scope["path"] != LIVE)


async def _come_back(send: Send) -> None:
    body = b'{"error":"unavailable"}'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"2"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
