"""What a person may ask of their groups: to see them, to have them erased. A merge adds them to the account that stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_groups.groups import Groups


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._groups = Groups(host)

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Their names."""
        return {"groups": list(await self._groups.of(context, user_id))}

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Forget them."""
        await self._groups.put(context, user_id, ())

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """Whoever was asked for more stays asked."""
        mine, theirs = await self._groups.of(context, user_id), await self._groups.of(context, to)
        await self._groups.put(context, to, (*mine, *theirs))
        await self._groups.put(context, user_id, ())
        return {"user": str(user_id), "mine": list(mine), "to": str(to), "theirs": list(theirs)}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Both are in what they were in."""
        await self._groups.put(context, UUID(record["user"]), tuple(record["mine"]))
        await self._groups.put(context, UUID(record["to"]), tuple(record["theirs"]))


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(
        name="groups", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
    )
