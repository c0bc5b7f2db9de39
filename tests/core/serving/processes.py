"""Real processes of ``xenia``: started, watched through what they write, and ended."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import IO
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from xenia.cli import run

PATIENCE = 120
"""Seconds until a process that says nothing counts as stuck; never waited for where all is well."""


def environment(**settings: str) -> dict[str, str]:
    """The environment of this process without settings of its own, and these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    return {**inherited, **{f"XENIA_{key.upper()}": value for key, value in settings.items()}}


def command(*arguments: str) -> list[str]:
    """The command line of ``xenia`` in this interpreter."""
    return [sys.executable, "-m", "xenia.cli", *arguments]


def finished(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command that was run to its end."""
    return subprocess.run(
        command(*arguments),
        env=environment(**settings),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def ran(*arguments: str, **settings: str) -> int:
    """The exit code of a command that was run here, which is quicker."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment(**settings).items():
            patched.setenv(name, value)
        return run(arguments)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def database_at(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the embedded server by its socket, to another by its port."""
    parts = urlsplit(address)
    if folder := parse_qs(parts.query).get("host"):
        return await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.5432")
    return await asyncio.open_connection(parts.hostname, parts.port or 5432)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A data folder that the account of an embedded server can reach."""
    folder = Path(tempfile.mkdtemp(prefix="xenia-serving-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


class Running:
    """A process of ours that runs. It listens before it says so, so a request is never too early."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str]) -> None:
        self.process = process
        self._errors = errors
        self.lines: list[str] = []

    def until(self, words: str) -> str:
        """The first line of its log with ``words``, from here on."""
        for line in self._errors:
            self.lines.append(line.rstrip())
            if words in line:
                return line
        raise AssertionError(f"ended without {words!r}:\n" + "\n".join(self.lines))

    def url(self) -> str:
        """Where it listens."""
        found = re.search(r"listen=(\S+)", self.until(" serving "))
        assert found
        return f"http://localhost:{found[1].rpartition(':')[2]}"

    def get(self, url: str) -> httpx2.Response:
        """A page, on a connection of its own."""
        return httpx2.get(url, timeout=PATIENCE, trust_env=False)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def started(*arguments: str, cwd: Path, **settings: str) -> Iterator[Running]:
    """A process that runs for the while."""
    process = subprocess.Popen(
        command(*arguments),
        env=environment(**settings),
        cwd=cwd,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        yield Running(process, process.stderr)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=PATIENCE)
