"""What a person may ask of their picture PIN: to see that there is one, to have it erased, to take it along in a merge."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from xenia.api import Context, Credentials, NewCredential, PersonalData
from xenia_picture_pin.service import KIND, PLUGIN


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """When it was set. The pictures themselves are stored nowhere."""
        mine = await self._credentials.summaries(context, user_id)
        return {"set_at": [one.created_at.isoformat() for one in mine if one.kind == KIND]}

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove it."""
        await self._credentials.remove_kind(context, user_id, KIND)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """The other account keeps its own, if it has one; the record remembers the one that was removed here."""
        mine = await self._credentials.of_user(context, user_id, KIND)
        theirs = await self._credentials.of_user(context, to, KIND)
        await self.erase(context, user_id)
        moved = [one.data for one in mine]
        if moved and not theirs:
            await self._credentials.add(context, to, _made(moved[-1]))
        encoded = [b64encode(data).decode() for data in moved]
        return {"user": str(user_id), "to": str(to), "data": encoded, "came": not theirs}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where it was."""
        if record["data"] and record["came"]:
            await self.erase(context, UUID(record["to"]))
        for data in record["data"]:
            await self._credentials.add(context, UUID(record["user"]), _made(b64decode(data)))


def personal_data(credentials: Credentials) -> PersonalData:
    """The contribution."""
    keeper = Keeper(credentials)
    return PersonalData(name=PLUGIN, export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore)


def _made(data: bytes) -> NewCredential:
    return NewCredential(plugin=PLUGIN, kind=KIND, data=data, replaces=True)
