"""Who is measured beside us: a bare ASGI answer, and npm's ``oidc-provider`` with its store in memory and in PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.installation import System
from tests.bench.processes import Tree, free_port, started, wait_for
from tests.bench.seeds import SECRET, Tokens

NODE = Path(__file__).parents[1] / "node"
DATABASE = "peer"


class Server:
    """A server on core 0 and its processes."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        self.address = address
        self.process = process
        self.tree = Tree(process.pid)


class Peer(Server):
    """``oidc-provider``, which makes tokens when it is asked on its standard input."""

    def tokens(self, chains: int) -> Tokens:
        """Fresh tokens. Its signed access tokens can't be introspected, so there is none."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{chains}\n".encode())
        self.process.stdin.flush()
        line = b""
        while not line.startswith(b"{"):  # it gives advice on the same channel
            line = self.process.stdout.readline()
        made = json.loads(line)
        return Tokens("", made["access"], tuple(made["refresh"]))


@contextmanager
def bare() -> Iterator[Server]:
    """The least that an answer costs, by the same server with the same options."""
    port = free_port()
    options = [
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--log-level",
        "error",
    ]
    with started([sys.executable, "-m", "uvicorn", "tests.bench.bare:app", "--lifespan", "off", *options]) as process:
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        yield Server(address, process)


@contextmanager
def provider(system: System | None = None) -> Iterator[Peer]:
    """The peer; with ``system``, its store is a database of its own on the same PostgreSQL."""
    port = free_port()
    environment = {"BENCH_PORT": str(port), "BENCH_SECRET": SECRET, "NODE_ENV": "production"}
    if system:
        _make_database(system)
        environment |= {"PGHOST": system.sockets, "PGUSER": "xenia", "PGDATABASE": DATABASE}
    with started(["node", str(NODE / "provider.mjs")], environment=environment) as process:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/jwks")
        yield Peer(address, process)


def _make_database(system: System) -> None:
    import asyncio

    import asyncpg

    async def make() -> None:
        connection = await asyncpg.connect(system.database_url)
        await connection.execute(f"CREATE DATABASE {DATABASE}")
        await connection.close()

    asyncio.run(make())
