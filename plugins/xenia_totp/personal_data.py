"""What a person may ask of their apps and codes: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from xenia.api import Context, Credential, Credentials, Host, NewCredential, PersonalData
from xenia_totp import recovery, service

KINDS = (service.KIND, recovery.KIND)


class Keeper:
    """Export, erase, move and restore."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Names and times. A seed is a secret between two machines and stays one."""
        mine = await self._credentials.summaries(context, user_id)
        apps = [one for one in mine if one.kind == service.KIND]
        return {
            "apps": [{"name": one.label, "added_at": one.created_at.isoformat()} for one in apps],
            "recovery_codes_left": sum(one.kind == recovery.KIND for one in mine),
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Remove all of it."""
        for kind in KINDS:
            await self._credentials.remove_kind(context, user_id, kind)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """Apps go along; codes too, unless the other account has codes of its own: then they end, and the record keeps them."""
        apps = await self._credentials.of_user(context, user_id, service.KIND)
        codes = await self._credentials.of_user(context, user_id, recovery.KIND)
        theirs = await self._credentials.of_user(context, to, recovery.KIND)
        await self.erase(context, user_id)
        along = apps if theirs else (*apps, *codes)
        added = [str(await self._credentials.add(context, to, _copy(one))) for one in along]
        ended = [b64encode(one.data).decode() for one in codes] if theirs else []
        return {"user": str(user_id), "to": str(to), "added": added, "ended": ended}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where it was. What was spent or removed since then stays so."""
        user_id, to = UUID(record["user"]), UUID(record["to"])
        for kind in KINDS:
            for one in await self._credentials.of_user(context, to, kind):
                if str(one.id) in record["added"] and await self._credentials.remove(context, to, one.id):
                    await self._credentials.add(context, user_id, _copy(one))
        for data in record["ended"]:
            code = NewCredential(plugin=service.PLUGIN, kind=recovery.KIND, data=b64decode(data))
            await self._credentials.add(context, user_id, code)


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    keeper = Keeper(host.credentials)
    return PersonalData(
        name=service.PLUGIN, export=keeper.export, erase=keeper.erase, move=keeper.move, restore=keeper.restore
    )


def _copy(one: Credential) -> NewCredential:
    return NewCredential(
        plugin=one.plugin, kind=one.kind, data=one.data, label=one.label, second=one.second, counter=one.counter
    )
