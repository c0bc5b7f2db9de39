"""What the console keeps of a person: in which browsers they are signed in to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_admin import tables


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """When each browser signed in, and was seen last."""
        rows = await self._host.tables(context).fetch(tables.OF_USER, context.tenant, user_id)
        return {"console": [{name: row[name].isoformat() for name in ("created_at", "last_seen_at")} for row in rows]}

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Sign them out of the console."""
        await self._host.tables(context).execute(tables.END_OF_USER, context.tenant, user_id)

    async def move(self, context: Context, user_id: UUID, _to: UUID) -> dict[str, Any]:
        """A sign-in belongs to who signed in: it ends, and nothing goes along."""
        await self.erase(context, user_id)
        return {}

    async def restore(self, _context: Context, _record: dict[str, Any]) -> None:
        """Nothing to bring back: one signs in again."""


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(
        name="admin", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
    )
