"""One process: there is nobody to tell, and counts are its own."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from xenia.shared.contracts import Listener

CAPACITY = 100_000


class LocalShared:
    """Shared state of a process that is alone."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, capacity: int = CAPACITY) -> None:
        self._monotonic = monotonic
        self._capacity = capacity
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""

    def listen(self, topic: str, listener: Listener) -> None:
        """No news will come."""

    def publish(self, topic: str) -> None:
        """Nobody else is there."""

    async def count(self, key: str, seconds: int) -> int:
        """Count in this process; the least recently counted are forgotten when there are too many."""
        now = self._monotonic()
        end, counted = self._windows.pop(key, (0.0, 0))
        window = (end, counted + 1) if now < end else (now + seconds, 1)
        self._windows[key] = window
        if len(self._windows) > self._capacity:
            self._windows.popitem(last=False)
        return window[1]


if TYPE_CHECKING:
    from xenia.shared.contracts import Shared

    _local: type[Shared] = LocalShared
