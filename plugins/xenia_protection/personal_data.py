"""What a person may ask of their protection: to see whether their account waits for them, and to have that erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_protection import tables


class Keeper:
    """Export, erase, move and restore. Counts name nobody: accounts stand in them as keyed digests, for an hour."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """When they said that it wasn't them, and when they had their account back."""
        rows = await self._host.tables(context).fetch(tables.OF_USER, context.tenant, user_id)
        return {
            "disowned": [
                {
                    "at": row["at"].isoformat(),
                    "settled_at": row["settled_at"] and row["settled_at"].isoformat(),
                    "distrusted": [str(id_) for id_ in row["distrusted"]],
                }
                for row in rows
            ]
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Forget it."""
        await self._host.tables(context).execute(tables.FORGET_USER, context.tenant, user_id)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """An account that waits for its owner makes the other one wait: what was known of either may be known to a stranger. What was
        distrusted is distrusted there.
        """
        async with self._host.store(context) as store:
            row = await store.fetchrow(tables.STATE, context.tenant, user_id)
            waits = row is not None and row["since"] is not None
            if row is not None:
                also = tables.DISOWN if waits else tables.DISTRUST
                await store.execute(also, context.tenant, to, row["distrusted"])
        return {"tenant": context.tenant, "user": str(user_id), "waits": waits}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """The row was never taken away. An account that waited waits on, and for a password from now: the one that comes back with it
        may look new, and isn't.
        """
        if record["waits"]:
            await self._host.tables(context).execute(tables.DISOWN, record["tenant"], UUID(record["user"]), [])


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(
        name="protection", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
    )
