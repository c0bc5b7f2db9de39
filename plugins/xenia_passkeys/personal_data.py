"""What a person may ask of their passkeys: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Credential, Host, NewCredential, PersonalData
from xenia_passkeys.models import KINDS, OFFER, PLUGIN
from xenia_passkeys.providers import provider_of
from xenia_passkeys.store import Record, Records, lookup_of, opened


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._credentials = host.credentials
        self._records = Records(host)
        self._snoozes = host.snoozes

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Names, makes and times; and whether the person doesn't want to be asked."""
        mine = await self._records.of_user(context, user_id, *KINDS)
        return {
            "keys": [_shown(one) for one in mine],
            "not_asked_until": await self._snoozes.said(context, user_id, OFFER),
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove all of it."""
        await self._snoozes.forget(context, user_id, OFFER)
        for kind in KINDS:
            await self._credentials.remove_kind(context, user_id, kind)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """Keys go along: each carries the handle that it was made with, so it is found as before."""
        mine = await self._records.of_user(context, user_id, *KINDS)
        await self.erase(context, user_id)
        added = [str(await self._credentials.add(context, to, _copy(row))) for row, _ in mine]
        return {"user": str(user_id), "to": str(to), "added": added}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where it was. What was removed since then stays so."""
        user_id, to = UUID(record["user"]), UUID(record["to"])
        for row, _ in await self._records.of_user(context, to, *KINDS):
            if str(row.id) in record["added"] and await self._credentials.remove(context, to, row.id):
                await self._credentials.add(context, user_id, _copy(row))


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(name=PLUGIN, export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore)


def _shown(record: Record) -> dict[str, Any]:
    row, stored = record
    return {
        "name": row.label,
        "kind": row.kind,
        "made_by": provider_of(stored.aaguid),
        "backed_up": stored.backed_up,
        "copied": stored.copied,
        "added_at": row.created_at.isoformat(),
        "used_at": row.used_at.isoformat() if row.used_at else None,
    }


def _copy(row: Credential) -> NewCredential:
    return NewCredential(
        plugin=row.plugin,
        kind=row.kind,
        data=row.data,
        label=row.label,
        second=row.second,
        lookup=lookup_of(opened(row).id),
        counter=row.counter,
    )
