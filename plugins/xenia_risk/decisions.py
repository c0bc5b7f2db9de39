"""Kept decisions, for the console: a page of them, one, and how many of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from xenia.api import Context, Host
from xenia_risk import tables
from xenia_risk.models import Decided
from xenia_risk.service import decided_of

BATCH = 2000


class Decisions:
    """Reads of ``risk_decisions``."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def page(
        self, context: Context, *, after: UUID | None = None, verdict: str = "", limit: int = 50
    ) -> tuple[Decided, ...]:
        """Newest first, below ``after``; only of a verdict, where one is named."""
        rows = await self._host.tables(context).fetch(tables.DECISIONS, context.tenant, after, verdict, limit)
        return tuple(decided_of(row) for row in rows)

    async def get(self, context: Context, id_: UUID) -> Decided | None:
        """One, or ``None``."""
        row = await self._host.tables(context).fetchrow(tables.DECISION, context.tenant, id_)
        return decided_of(row) if row else None

    async def counts(self, context: Context, days: int) -> dict[str, int]:
        """How many of each verdict in the last days."""
        rows = await self._host.tables(context).fetch(tables.COUNTS, context.tenant, days)
        return {row["verdict"]: row["count"] for row in rows}

    async def outcomes(self, context: Context, days: int, minutes: int) -> dict[str, int]:
        """What became of those that were asked for more in the last days, where journeys live for so many minutes."""
        rows = await self._host.tables(context).fetch(tables.OUTCOMES, context.tenant, days, minutes)
        return {row["outcome"]: row["count"] for row in rows}

    async def all(self, context: Context) -> AsyncIterator[tuple[Decided, ...]]:
        """Every one, newest first, in batches, so that any number fits into memory."""
        after: UUID | None = None
        while batch := await self.page(context, after=after, limit=BATCH):
            yield batch
            after = batch[-1].id
