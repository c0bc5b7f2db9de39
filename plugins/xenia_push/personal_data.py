"""What a person may ask of their devices: to see that they exist, to have them erased, and to take them along in a merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xenia.api import Context, Credential, CredentialKeeper, Host, PersonalData
from xenia_push.challenges import Challenges
from xenia_push.devices import Device
from xenia_push.models import KIND, PLUGIN


class Keeper(CredentialKeeper):
    """Devices, which notice nothing of a merge, and how often the person was asked."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.credentials, (KIND,), _shown)
        self._challenges = Challenges(host)

    async def forget(self, context: Context, user_id: UUID) -> None:
        """How often the person was asked."""
        await self._challenges.forget(context, user_id)


def personal_data(host: Host) -> PersonalData:
    """The contribution."""
    return Keeper(host).contribution(PLUGIN)


def _shown(rows: Sequence[Credential]) -> dict[str, Any]:
    """Names, kinds and times. Keys and tokens are between machines and say nothing of a person."""
    return {"devices": [_device(row) for row in rows]}


def _device(row: Credential) -> dict[str, Any]:
    return {
        "name": row.label,
        "platform": Device.of(row).stored.platform,
        "added_at": row.created_at.isoformat(),
        "used_at": row.used_at.isoformat() if row.used_at else None,
    }
