"""What a person agreed to: shown, erased, moved to another user and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xenia.api import Context, Host, PersonalData
from xenia_oidc import tables


class Consents:
    """The rows of ``oidc_consents`` of one person."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Every consent, by application."""
        rows = await self._host.tables(context).fetch(tables.OF_USER, context.tenant, user_id)
        return {
            row["application_id"]: {"scope": list(row["scope"]), "agreed_at": row["agreed_at"].isoformat()}
            for row in rows
        }

    async def erase(self, context: Context, user_id: UUID) -> None:
        """Forget all."""
        await self._host.tables(context).execute(tables.FORGET_USER, context.tenant, user_id)

    async def move(self, context: Context, source: UUID, target: UUID) -> dict[str, Any]:
        """Consents aren't inherited: the other user is asked again. The record says what was dropped."""
        rows = await self._host.tables(context).fetch(tables.TAKE_OF_USER, context.tenant, source)
        taken = {row["application_id"]: list(row["scope"]) for row in rows}
        return {"user": str(source), "target": str(target), "consents": taken}

    async def restore(self, context: Context, record: dict[str, Any]) -> None:
        """Give them back."""
        async with self._host.store(context) as store:
            for application, scope in record["consents"].items():
                await store.execute(tables.REMEMBER, context.tenant, UUID(record["user"]), application, scope)


def personal_data(host: Host) -> PersonalData:
    """The plugin's part of a person's data."""
    consents = Consents(host)
    return PersonalData(
        name="oidc", export=consents.export, erase=consents.erase, move=consents.move, restore=consents.restore
    )
