"""What a person may ask of their number: to see it, to have it erased, and to take it along in a merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_sms.numbers import read
from xenia_sms.service import KIND, PLUGIN, made


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._credentials = host.credentials

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """The number itself, and when it was set up and used."""
        mine = await self._credentials.of_user(context, user_id, KIND)
        return {
            "numbers": [
                {
                    "number": one.data.decode(),
                    "added_at": one.created_at.isoformat(),
                    "used_at": one.used_at.isoformat() if one.used_at else None,
                }
                for one in mine
            ]
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove it."""
        await self._credentials.remove_kind(context, user_id, KIND)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """It goes along, unless the other account has a number of its own: then it ends, and the record keeps it."""
        mine = await self._credentials.of_user(context, user_id, KIND)
        stays = await self._credentials.of_user(context, to, KIND)
        await self.erase(context, user_id)
        numbers = [one.data.decode() for one in mine]
        added = [] if stays else [str(await self._add(context, to, number)) for number in numbers]
        return {"user": str(user_id), "to": str(to), "added": added, "ended": numbers if stays else []}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where it was. What was removed or replaced since then stays so."""
        user_id, to = UUID(record["user"]), UUID(record["to"])
        for one in await self._credentials.of_user(context, to, KIND):
            if str(one.id) in record["added"] and await self._credentials.remove(context, to, one.id):
                await self._add(context, user_id, one.data.decode())
        for number in record["ended"]:
            await self._add(context, user_id, number)

    async def _add(self, context: Context, user_id: UUID, number: str) -> UUID | None:
        """Nothing for a number that nobody can reach any more: plans of numbers change."""
        known = read(number)
        return await self._credentials.add(context, user_id, made(known)) if known else None


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(name=PLUGIN, export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore)
