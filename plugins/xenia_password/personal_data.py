"""What a person may ask of their password: when it was set, to have it erased, and to take it along in a merge."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from xenia.api import Context, Host, NewCredential, PersonalData
from xenia_password.service import KIND, PLUGIN


def personal_data(host: Host) -> PersonalData:
    """Export, erase, move and restore."""
    credentials = host.credentials

    async def export(context: Context, user_id: UUID) -> dict[str, Any]:
        found = await credentials.of_user(context, user_id, KIND)
        return {"set_at": found[-1].created_at.isoformat()} if found else {}

    async def erase(context: Context, user_id: UUID) -> None:
        await credentials.remove_kind(context, user_id, KIND)

    async def move(context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """The other account's password stays, where it has one; the undo record holds what was taken away."""
        mine, theirs = [await credentials.of_user(context, one, KIND) for one in (user_id, to)]
        if not mine:
            return {}
        await credentials.remove_kind(context, user_id, KIND)
        if not theirs:
            await credentials.add(context, to, _copy(mine[-1].data))
        kept = b64encode(mine[-1].data).decode()
        return {"user": str(user_id), "to": str(to), "moved": not theirs, "data": kept}

    async def restore(context: Context, record: dict[str, Any]) -> None:
        if not record:
            return
        if record["moved"]:
            await credentials.remove_kind(context, UUID(record["to"]), KIND)
        await credentials.add(context, UUID(record["user"]), _copy(b64decode(record["data"])))

    return PersonalData(name=PLUGIN, export=export, erase=erase, move=move, restore=restore)


def _copy(data: bytes) -> NewCredential:
    return NewCredential(plugin=PLUGIN, kind=KIND, data=data, replaces=True)
