"""What a person may ask of their devices: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Credential, Host, NewCredential, PersonalData
from xenia_push.challenges import Challenges
from xenia_push.devices import Device, Devices
from xenia_push.models import KIND, PLUGIN


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._credentials = host.credentials
        self._devices = Devices(host)
        self._challenges = Challenges(host)

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Names, kinds and times. Keys and tokens are between machines and say nothing of a person."""
        return {"devices": [_shown(one) for one in await self._devices.of_user(context, user_id)]}

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove all of it, and how often the person was asked."""
        await self._challenges.forget(context, user_id)
        await self._credentials.remove_kind(context, user_id, KIND)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """Devices go along: each is found by the id that it knows itself by, and notices nothing."""
        mine = await self._devices.of_user(context, user_id)
        await self.erase(context, user_id)
        added = [str(await self._credentials.add(context, to, _copy(one.credential))) for one in mine]
        return {"user": str(user_id), "to": str(to), "added": added}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where it was. What was removed since then stays so."""
        user_id, to = UUID(record["user"]), UUID(record["to"])
        for one in await self._devices.of_user(context, to):
            row = one.credential
            if str(row.id) in record["added"] and await self._credentials.remove(context, to, row.id):
                await self._credentials.add(context, user_id, _copy(row))


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(name=PLUGIN, export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore)


def _shown(one: Device) -> dict[str, Any]:
    row = one.credential
    return {
        "name": row.label,
        "platform": one.stored.platform,
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
        lookup=Device.of(row).stored.device.bytes,
        counter=row.counter,
    )
