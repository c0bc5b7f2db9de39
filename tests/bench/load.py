"""Load by wrk from the other core, and what it cost the servers."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.processes import LOAD_CORE, Tree

SCRIPT = Path(__file__).with_name("request.lua")
CONNECTIONS = 16
_REQUESTS = re.compile(r"(\d+) requests in")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Request:
    """One request, sent again and again. ``chain``: refresh tokens, each used once; its successor comes with the answer."""

    url: str
    method: str = "GET"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    chain: Sequence[str] = ()


@dataclass(frozen=True)
class Cost:
    """What one request cost: microseconds of the server's and of the database's processor time, and the 99th percentile."""

    server: float
    database: float
    p99_ms: float
    requests: int

    @property
    def together(self) -> float:
        """Server and database."""
        return self.server + self.database


def measure(request: Request, server: Tree, database: Tree, seconds: int) -> Cost:
    """Load one server for a while."""
    before = server.cpu_seconds(), database.cpu_seconds()
    said = _wrk(request, seconds)
    after = server.cpu_seconds(), database.cpu_seconds()
    requests = int(_found(_REQUESTS, said)[1])
    if refused := _REFUSED.search(said):
        raise RuntimeError(f"{request.url}: {refused[1]} of {requests} requests were refused")
    spent = [(now - then) / requests * 1e6 for then, now in zip(before, after, strict=True)]
    number, unit = _found(_P99, said).groups()
    return Cost(spent[0], spent[1], float(number) * _IN_MS[unit], requests)


def _wrk(request: Request, seconds: int) -> str:
    environment = {
        "BENCH_METHOD": request.method,
        "BENCH_BODY": request.body,
        "BENCH_HEADERS": "\n".join(f"{name}: {value}" for name, value in request.headers.items()),
        "BENCH_CHAIN": "\n".join(request.chain),
    }
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    done = subprocess.run(
        [*command, "-s", str(SCRIPT), request.url],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _found(pattern: re.Pattern[str], said: str) -> re.Match[str]:
    found = pattern.search(said)
    if found is None:
        raise RuntimeError(f"wrk said something unexpected: {json.dumps(said)}")
    return found
