"""An embedded server that is killed under several workers is started again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.core.serving.processes import open_folder
from xenia.embedded import EmbeddedError, EmbeddedValkey
from xenia.serving.keeper import keep_running

PATIENCE = 30.0


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


class Watched(EmbeddedValkey):
    """Says when it was started again, and fails to as often as it is told."""

    failures = 0

    def watched_by(self, loop: asyncio.AbstractEventLoop) -> asyncio.Event:
        """Set by each start from now on."""
        self._loop, self._started = loop, asyncio.Event()
        return self._started

    def start(self) -> str:
        """Start, and say so."""
        if self.failures:
            self.failures -= 1
            raise EmbeddedError("no room")
        address = super().start()
        if hasattr(self, "_loop"):
            self._loop.call_soon_threadsafe(self._started.set)
        return address


def kill(server: EmbeddedValkey) -> int:
    assert server.pid is not None
    process = psutil.Process(server.pid)
    process.kill()
    process.wait(PATIENCE)
    return int(process.pid)


@pytest.mark.parametrize("failures", [0, 2])
async def test_a_server_that_was_killed_is_started_again(data_dir: Path, failures: int) -> None:
    with Watched(data_dir) as server:
        asked, started = asyncio.Event(), server.watched_by(asyncio.get_running_loop())
        keeping = asyncio.create_task(keep_running(server, asked, pause=0.01))
        server.failures = failures
        before, address = kill(server), server.address
        async with asyncio.timeout(PATIENCE):
            await started.wait()
        assert server.pid not in (None, before)
        assert server.address == address
        asked.set()
        await keeping
    assert server.pid is None


async def test_whoever_is_asked_to_end_starts_nothing(data_dir: Path) -> None:
    with Watched(data_dir) as server:
        asked = asyncio.Event()
        asked.set()
        kill(server)
        await keep_running(server, asked, pause=0.01)
        assert server.pid is None
