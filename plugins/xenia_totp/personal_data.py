"""What a person may ask of their apps and codes: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xenia.api import Context, Credential, CredentialKeeper, Credentials, Host, NewCredential, PersonalData
from xenia_totp import recovery, service


class Keeper(CredentialKeeper):
    """Apps go along; codes too, unless the other account has codes of its own: then they end, and the record keeps them."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__(credentials, (service.KIND, recovery.KIND), _shown)

    async def move(self, context: Context, user_id: UUID, to: UUID) -> dict[str, Any]:
        """What can go along, and what ended."""
        ended: Sequence[Credential] = ()
        if await self._credentials.of_user(context, to, recovery.KIND):
            ended = await self._credentials.of_user(context, user_id, recovery.KIND)
            await self._credentials.remove_kind(context, user_id, recovery.KIND)
        record = await super().move(context, user_id, to)
        return record | {"ended": [b64encode(one.data).decode() for one in ended]}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Back to where it was. What was spent or removed since then stays so."""
        await super().restore(context, record)
        for data in record["ended"]:
            code = NewCredential(plugin=service.PLUGIN, kind=recovery.KIND, data=b64decode(data))
            await self._credentials.add(context, UUID(record["user"]), code)


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    return Keeper(host.credentials).contribution(service.PLUGIN)


def _shown(rows: Sequence[Credential]) -> dict[str, Any]:
    """Names and times. A seed is a secret between two machines and stays one."""
    apps = [one for one in rows if one.kind == service.KIND]
    return {
        "apps": [{"name": one.label, "added_at": one.created_at.isoformat()} for one in apps],
        "recovery_codes_left": sum(one.kind == recovery.KIND for one in rows),
    }
