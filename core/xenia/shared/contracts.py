"""News that may be lost. The database holds whatever must be true, limits and counts too; this only hurries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Listener = Callable[[], None]


class Shared(Protocol):
    """News among the processes of an installation.

    Nothing here raises or makes a request wait: when the server behind it is away, news don't arrive, and everybody polls
    the database anyway.
    """

    async def start(self) -> None:
        """Begin to listen. Returns at once, whether somebody answers or not."""
        ...

    async def stop(self) -> None:
        """End."""
        ...

    def listen(self, topic: str, listener: Listener) -> None:
        """Call ``listener`` when another process said that ``topic`` changed, and whenever news may have been missed."""
        ...

    def publish(self, topic: str) -> None:
        """Tell all other processes that ``topic`` changed: after the commit of what changed it."""
        ...
