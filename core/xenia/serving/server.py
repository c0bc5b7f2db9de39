"""One process that serves: uvicorn around the gate around the application."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from xenia.errors import SetupError
from xenia.log import log
from xenia.serving.gate import Gate
from xenia.serving.protocol import BoundedHttp
from xenia.serving.signals import GRACE_SECONDS
from xenia.serving.sockets import BACKLOG, spoken


class Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: whoever runs it says when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def serve_here(gate: Gate, listening: socket.socket, asked: asyncio.Event) -> None:
    """Serve on ``listening`` until ``asked`` is set; requests in work are finished first.

    Raises ``SetupError`` where the database turns out to be behind, or the application can't start.
    """
    await gate.try_once()
    server = Server(_config(gate))
    stopping = asyncio.create_task(_stop_when(asked, server))
    opening = asyncio.create_task(_opened(gate, server))
    log.info("serving", listen=spoken(listening))
    try:
        await server.serve(sockets=[listening])
    except SystemExit as problem:
        raise SetupError("the application can't start: the lines above say why") from problem
    finally:
        stopping.cancel()
        opening.cancel()
        await asyncio.wait((stopping, opening))
    if not opening.cancelled() and (refusal := opening.exception()):
        raise refusal
    log.info("stopped")


async def _stop_when(asked: asyncio.Event, server: Server) -> None:
    await asked.wait()
    server.should_exit = True


async def _opened(gate: Gate, server: Server) -> None:
    try:
        if not gate.is_open:
            await gate.keep_trying()
    except SetupError:
        server.should_exit = True
        raise


def _config(gate: Gate) -> uvicorn.Config:
    return uvicorn.Config(
        gate,
        loop="uvloop",
        http=BoundedHttp,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # the front believes only the proxies of the settings
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
