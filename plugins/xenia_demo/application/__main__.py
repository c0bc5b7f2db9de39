"""``python -m xenia_demo.application NAME DESCRIPTOR``: serves one sample application until its parent is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import uvicorn

from xenia_demo.application.client import Client
from xenia_demo.application.pages import application


async def main(name: str, descriptor: int) -> None:
    """Serve on the parent's socket. Standard input closes when the parent is gone."""
    client = Client(name, os.environ["DEMO_SECRET"], os.environ["DEMO_ISSUER"], os.environ["DEMO_URL"])
    config = uvicorn.Config(application(client), access_log=False, log_level="warning", server_header=False, ws="none")
    server = uvicorn.Server(config)

    loop = asyncio.get_running_loop()

    def parent_gone() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            server.should_exit = True

    loop.add_reader(0, parent_gone)
    with socket.socket(fileno=descriptor) as listening:
        listening.setblocking(False)
        await server.serve(sockets=[listening])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
