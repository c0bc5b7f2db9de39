"""How long a start takes, from the command to the first page, and what the idle system holds in memory."""

from __future__ import annotations

import compileall
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.installation import XENIA, environment, prepared, tree_of
from tests.bench.processes import Tree, started, wait_for
from tests.bench.report import Table, number
from tests.bench.seeds import TENANT
from xenia.embedded import EmbeddedPostgres

IDLE_SECONDS = 5
SOURCES = [Path(__file__).parents[2] / name for name in ("core", "web", "plugins")]


def measure(folder: Path, rounds: int) -> Sequence[Table]:
    """``xenia serve`` with its own database on an existing data folder, compiled as an installed wheel is."""
    for source in SOURCES:
        compileall.compile_dir(source, quiet=1)
    with prepared(folder, 1, 1) as system:
        origin = system.public_url
    starts = [_start(folder, origin) for _ in range(rounds)]
    seconds = [one[0] for one in starts]
    rows = [
        ("start to first page, least of the rounds (wall s)", f"{min(seconds):.2f}"),
        ("start to first page, most (wall s)", f"{max(seconds):.2f}"),
        ("processor time of the server until then (s)", f"{min(one[1] for one in starts):.2f}"),
        ("idle: server (PSS MB)", number(min(one[2] for one in starts))),
        ("idle: database (PSS MB)", number(min(one[3] for one in starts))),
        ("idle: together (PSS MB)", number(min(one[2] + one[3] for one in starts))),
        ("idle: processor time, server and database (ms per s)", f"{min(one[4] for one in starts):.1f}"),
    ]
    return (Table("start", ("what", "measured"), rows),)


def _start(folder: Path, origin: str) -> tuple[float, float, float, float, float]:
    """Seconds, processor seconds, memory of server and database, and what idling costs."""
    port = origin.rpartition(":")[2]
    settings = {**environment(folder), "XENIA_PUBLIC_URL": origin, "XENIA_LISTEN": f"127.0.0.1:{port}"}
    began = time.perf_counter()
    with started([XENIA, "serve"], environment=settings, core=None) as process:
        wait_for(f"{origin}/t/{TENANT}/sign-in")
        took, server = time.perf_counter() - began, Tree(process.pid)
        spent = server.cpu_seconds()
        database = tree_of(EmbeddedPostgres(folder))
        time.sleep(1)
        idle = server.cpu_seconds() + database.cpu_seconds()
        time.sleep(IDLE_SECONDS)
        idle = (server.cpu_seconds() + database.cpu_seconds() - idle) / IDLE_SECONDS * 1e3
        return took, spent, server.pss_mb(), database.pss_mb(), idle
