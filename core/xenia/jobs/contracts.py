"""How plugins defer work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from xenia.context import Context


class Jobs(Protocol):
    """The queue. Data is sealed at rest."""

    async def enqueue(
        self, context: Context, name: str, data: dict[str, Any], *, delay: timedelta | None = None, key: str = ""
    ) -> None:
        """Queue work in the running transaction. With ``key``, a job of that name and key that still waits is not
        queued twice.
        """
        ...
