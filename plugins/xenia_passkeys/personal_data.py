"""What a person may ask of their passkeys: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xenia.api import Context, Credential, CredentialKeeper, Host, PersonalData
from xenia_passkeys.models import KINDS, OFFER, PLUGIN
from xenia_passkeys.providers import provider_of
from xenia_passkeys.store import opened


class Keeper(CredentialKeeper):
    """Keys, and whether the person wants to be asked for one."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.credentials, KINDS, _shown)
        self._snoozes = host.snoozes

    async def export(self, context: Context, user_id: UUID) -> dict[str, Any]:
        """Names, makes and times; and whether the person doesn't want to be asked."""
        asked = {"not_asked_until": await self._snoozes.said(context, user_id, OFFER)}
        return await super().export(context, user_id) | asked

    async def forget(self, context: Context, user_id: UUID) -> None:
        """Whether they want to be asked."""
        await self._snoozes.forget(context, user_id, OFFER)


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    return Keeper(host).contribution(PLUGIN)


def _shown(rows: Sequence[Credential]) -> dict[str, Any]:
    return {"keys": [_key(row) for row in rows]}


def _key(row: Credential) -> dict[str, Any]:
    stored = opened(row)
    return {
        "name": row.label,
        "kind": row.kind,
        "made_by": provider_of(stored.aaguid),
        "backed_up": stored.backed_up,
        "copied": stored.copied,
        "added_at": row.created_at.isoformat(),
        "used_at": row.used_at.isoformat() if row.used_at else None,
    }
