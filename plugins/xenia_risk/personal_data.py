"""What a person may ask of their past sign-ins and the decisions about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from xenia.api import Context, Host, PersonalData
from xenia_risk import tables
from xenia_risk.service import decided_of


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Sign-ins with their place, and what was decided on which grounds: a decision about a person is theirs to see."""
        async with self._host.store(context) as store:
            past = await store.fetch(tables.PAST_OF_USER, context.tenant, user_id)
            decisions = await store.fetch(tables.DECISIONS_OF_USER, context.tenant, user_id)
        return {
            "sign_ins": [{**row, "at": row["at"].isoformat()} for row in past],
            "decisions": [msgspec.to_builtins(decided_of(row)) for row in decisions],
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Forget all of it."""
        async with self._host.store(context) as store:
            await store.execute(tables.ERASE_PAST, context.tenant, user_id)
            await store.execute(tables.ERASE_DECISIONS, context.tenant, user_id)

    async def move(self, context: Context, user_id: UUID, _to: UUID) -> dict[str, Any]:
        """Habits are one account's: the merged one's are forgotten."""
        await self.erase(context, user_id)
        return {}

    async def restore(self, _context: Context, _record: dict[str, Any]) -> None:
        """Nothing to bring back: the next sign-ins do."""


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(name="risk", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore)
