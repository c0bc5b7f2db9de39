"""Several processes: news by a channel of Valkey. Whatever fails there is a line in the log."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from xenia.log import log
from xenia.shared.contracts import Listener

CHANNEL = "xenia:changed"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
CONNECT_SECONDS = 2.0

AWAY = (ValkeyError, OSError, TimeoutError)


class ValkeyShared:
    """News by the Valkey at ``url`` (``valkey://``, ``valkeys://`` or ``unix://``)."""

    def __init__(self, url: str) -> None:
        # The library would take five quiet seconds of the channel for a lost server.
        self._client: Valkey = Valkey.from_url(
            url, decode_responses=True, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=None
        )
        self._name = secrets.token_hex(8)
        self._listeners: dict[str, list[Listener]] = {}
        self._news: set[str] = set()
        self._waiting = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = asyncio.Event()

    async def start(self) -> None:
        """Follow the channel, and send what is published, in the background."""
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*AWAY):
            await self._client.aclose()

    def listen(self, topic: str, listener: Listener) -> None:
        """Call ``listener`` for every news of ``topic``."""
        self._listeners.setdefault(topic, []).append(listener)

    def publish(self, topic: str) -> None:
        """Send as soon as may be. News of one topic that wait together are one."""
        self._news.add(topic)
        self._waiting.set()

    # -- news

    async def _follow(self) -> None:
        """Listen until cancelled; begin again, slower each time, while nobody answers."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._listen()
            except AWAY as problem:
                pause = FIRST_PAUSE if self.connected.is_set() else min(2 * pause, LONGEST_PAUSE)
                log.warning("valkey_away", problem=type(problem).__name__, reason="everything goes on by polling")
            self.connected.clear()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        async with self._client.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            self.connected.set()
            self._tell(*self._listeners)  # what was said before we listened
            async for message in channel.listen():
                sender, _, topic = str(message["data"]).partition(" ")
                if sender != self._name:
                    self._tell(topic)

    def _tell(self, *topics: str) -> None:
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener()

    async def _send(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            news, self._news = self._news, set()
            with suppress(*AWAY):  # whoever missed it polls
                async with asyncio.timeout(CONNECT_SECONDS):
                    for topic in news:
                        await self._client.publish(CHANNEL, f"{self._name} {topic}")


if TYPE_CHECKING:
    from xenia.shared.contracts import Shared

    _shared: type[Shared] = ValkeyShared
