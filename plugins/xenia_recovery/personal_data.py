"""What a person may ask of their request: to see it, to have it erased. In a merge it ends: it was about the other account's factors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_recovery import tables
from xenia_recovery.service import Requests

_TIMES = ("asked_at", "ends_at", "usable_until", "cancelled_at", "used_at")


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._requests = Requests(host)

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """When it was asked for, and what became of it."""
        async with self._host.store(context) as store:
            row = await store.fetchrow(tables.STORED, context.tenant, user_id)
        if row is None:
            return {}
        return {"request": {name: row[name].isoformat() for name in _TIMES if row[name] is not None}}

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Forget it."""
        async with self._host.store(context) as store:
            await store.execute(tables.FORGET, context.tenant, user_id)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """Neither account's waits on: the factors that they were about are another person's now, or stand beside others."""
        for one in (user_id, to):
            if mine := await self._requests.open(context, one):
                await self._requests.cancel(context, one, mine.id, by="merge")
        await self.erase(context, user_id)
        return {}

    async def restore(self, _context: Context, _record: dict[str, Any]) -> None:
        """Nothing to bring back: whoever still needs it asks again."""


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(
        name="recovery", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
    )
