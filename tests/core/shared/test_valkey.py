"""News among processes, on a real Valkey, and without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from xenia.embedded import EmbeddedValkey
from xenia.settings import Secret, Settings
from xenia.shared.local import LocalShared
from xenia.shared.service import shared_of
from xenia.shared.valkey import ValkeyShared

PATIENCE = 30


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    folder: Path = tmp_path_factory.mktemp("shared")
    for place in (folder, *list(folder.parents)[:2]):
        place.chmod(0o755)
    with EmbeddedValkey(folder) as server:
        yield server


@asynccontextmanager
async def joined(address: str) -> AsyncIterator[ValkeyShared]:
    """A process that has joined."""
    shared = ValkeyShared(address)
    await shared.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await shared.connected.wait()
        yield shared
    finally:
        await shared.stop()


def heard(shared: ValkeyShared, topic: str) -> Callable[[], Awaitable[None]]:
    """Wait for the next news of a topic."""
    event = asyncio.Event()
    shared.listen(topic, event.set)

    async def wait() -> None:
        async with asyncio.timeout(PATIENCE):
            await event.wait()
        event.clear()

    return wait


async def test_others_hear_of_a_change_and_the_teller_does_not(valkey: EmbeddedValkey) -> None:
    async with joined(valkey.address) as one, joined(valkey.address) as other:
        mine: list[str] = []
        one.listen("things", lambda: mine.append("heard"))
        wait = heard(other, "things")
        one.publish("things")
        await wait()
        other.publish("answers")
        reply = heard(one, "answers")
        other.publish("answers")
        await reply()
        assert mine == []


def test_a_quiet_channel_is_no_lost_server() -> None:
    """The library's own default would end a connection on which nothing was said for five seconds."""
    for address in ("unix:///nowhere/valkey.sock", "valkey://localhost:1", "valkeys://localhost:1"):
        pool = ValkeyShared(address)._client.connection_pool
        assert pool.connection_kwargs["socket_timeout"] is None


async def test_a_lost_server_ends_nothing_and_is_joined_again(valkey: EmbeddedValkey) -> None:
    async with joined(valkey.address) as one, joined(valkey.address) as other:
        _kill(valkey)
        for _ in range(3):
            one.publish("things")
        missed = heard(other, "things")
        valkey.start()
        await missed()  # whoever comes back looks, whatever was said meanwhile
        async with asyncio.timeout(PATIENCE):
            await one.connected.wait()
        again = heard(other, "things")
        one.publish("things")
        await again()


async def test_nobody_waits_for_a_server_that_is_not_there(tmp_path: Path) -> None:
    shared = ValkeyShared(f"unix://{tmp_path}/nothing.sock")
    await shared.start()
    shared.publish("things")
    await shared.stop()


def test_the_settings_choose() -> None:
    assert isinstance(shared_of(Settings()), LocalShared)
    assert isinstance(shared_of(Settings(valkey_url=Secret("valkey://localhost:1"))), ValkeyShared)


def _kill(valkey: EmbeddedValkey) -> None:
    assert valkey.pid is not None
    process = psutil.Process(valkey.pid)
    process.kill()
    process.wait(PATIENCE)
