"""What a person may ask of their devices: to see them, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_devices import tables


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Devices, and the networks they were used in."""
        async with self._host.store(context) as store:
            devices = await store.fetch(tables.OF_USER, context.tenant, user_id)
            networks = await store.fetch(tables.NETWORKS_OF_USER, context.tenant, user_id)
        return {
            "devices": [
                {
                    "user_agent": one["user_agent"],
                    "first_seen": one["first_seen"].isoformat(),
                    "last_seen": one["last_seen"].isoformat(),
                    "networks": [row["network"] for row in networks if row["browser"] == one["browser"]],
                }
                for one in devices
            ]
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Forget all of it."""
        await self._host.tables(context).fetch(tables.FORGET_ALL, context.tenant, user_id)

    async def move(self, context: Context, user_id: UUID, _to: UUID) -> dict[str, Any]:
        """A device is known by signing in: the merged account's are forgotten, and known again with the next sign-in."""
        await self.erase(context, user_id)
        return {}

    async def restore(self, _context: Context, _record: dict[str, Any]) -> None:
        """Nothing to bring back: the next sign-in does."""


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host)
    return PersonalData(
        name="devices", export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
    )
