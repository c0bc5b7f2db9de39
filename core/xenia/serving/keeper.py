"""Starts an embedded server again that was killed while others rely on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from xenia.embedded.errors import EmbeddedError
from xenia.log import log

if TYPE_CHECKING:
    from xenia.embedded.server import EmbeddedServer

LOOK_SECONDS = 1.0


async def keep_running(server: EmbeddedServer, asked: asyncio.Event, pause: float = LOOK_SECONDS) -> None:
    """Look after ``server``, which this process uses, until ``asked`` is set."""
    while not await _is_set_within(asked, pause):
        if await asyncio.to_thread(_is_gone, server):
            log.warning("server_ended", name=server.name, reason="started again")
            try:
                await asyncio.to_thread(server.start)
            except EmbeddedError as problem:
                log.error("server_not_started", name=server.name, problem=problem.detail)


def _is_gone(server: EmbeddedServer) -> bool:
    return server.pid is None


async def _is_set_within(asked: asyncio.Event, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(asked.wait(), seconds)
    except TimeoutError:
        return False
