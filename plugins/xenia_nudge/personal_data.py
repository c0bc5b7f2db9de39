"""What a person may ask of their answer: to see it, and to have it erased. In a merge the other account's stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_nudge.step import OFFER


def personal_data(host: Host) -> PersonalData:
    """Export, erase, move and restore."""

    async def export(context: Context, user_id: UUID) -> dict[str, Any]:
        said = await host.snoozes.said(context, user_id, OFFER)
        return {"not_asked_until": said} if said else {}

    async def erase(context: Context, user_id: UUID) -> None:
        await host.snoozes.forget(context, user_id, OFFER)

    async def move(context: Context, user_id: UUID, _to: UUID) -> dict[str, Any]:
        await erase(context, user_id)
        return {}

    async def restore(_context: Context, _record: dict[str, Any]) -> None:
        """Nothing to bring back: they are asked once more."""

    return PersonalData(name="nudge", export=export, erase=erase, move=move, restore=restore)
