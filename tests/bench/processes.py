"""Programs that are measured: started, pinned to a core, asked for their processor time and memory, and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psutil

SERVER_CORE = 0
LOAD_CORE = 1
READY_SECONDS = 60


class Tree:
    """A process and everything below it."""

    def __init__(self, pid: int) -> None:
        self._top = psutil.Process(pid)

    def processes(self) -> list[psutil.Process]:
        """Everybody who is alive."""
        return [self._top, *self._top.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User and system time of the tree, with that of its members who have ended."""
        total = 0.0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
        return total

    def pss_mb(self) -> float:
        """Proportional set size: memory that several share is counted once."""
        return sum(_memory(process, "pss") for process in self.processes())

    def rss_mb(self) -> float:
        """Resident memory of the top process."""
        return _memory(self._top, "rss")


def _memory(process: psutil.Process, kind: str) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(getattr(process.memory_full_info(), kind)) / 2**20
    return 0.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@contextmanager
def started(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, core: int | None = SERVER_CORE
) -> Iterator[subprocess.Popen[bytes]]:
    """A program on one core until the block ends."""
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(
        [*pinned, *command], env={**os.environ, **(environment or {})}, stdin=pipe, stdout=pipe, stderr=nowhere
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def wait_for(url: str, *, within: float = READY_SECONDS, pause: float = 0.02) -> None:
    """Return as soon as ``url`` answers 200, with the cookies that it gives on the way."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with suppress(OSError, urllib.error.URLError), browser.open(url, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(pause)
    raise TimeoutError(f"{url} doesn't answer")
