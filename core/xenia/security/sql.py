"""The little that this package asks of a database, so that a test can stand in for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Sql(Protocol):
    """Runs one statement with ``$1`` parameters (asyncpg's spelling)."""

    async def fetchrow(self, sql: str, /, *args: Any) -> Mapping[str, Any] | None:
        """The first row, or None."""

    async def fetchval(self, sql: str, /, *args: Any) -> Any:
        """The first column of the first row, or None."""

    async def execute(self, sql: str, /, *args: Any) -> Any:
        """Run a statement for its effect."""
