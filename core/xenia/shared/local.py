"""One process: there is nobody to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.shared.contracts import Listener


class LocalShared:
    """News of a process that is alone."""

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""

    def listen(self, topic: str, listener: Listener) -> None:
        """No news will come."""

    def publish(self, topic: str) -> None:
        """Nobody else is there."""


if TYPE_CHECKING:
    from xenia.shared.contracts import Shared

    _local: type[Shared] = LocalShared
