"""What follows when a second factor is removed, whoever did it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import Context, Event, Host, Subscriber
from xenia_totp import recovery


class CodesEnd:
    """Recovery codes end with the last second factor, whichever plugin it belonged to: they have nothing left to stand in for."""

    name = "totp.codes_end"
    types: tuple[str, ...] = ("credential.removed",)

    def __init__(self, host: Host) -> None:
        self._host = host

    async def handle(self, context: Context, event: Event) -> None:
        """Remove the codes of a person without any second factor. Doing it twice changes nothing."""
        user_id = UUID(event.data["user"])
        left = await self._host.credentials.summaries(context, user_id)
        if any(one.kind == recovery.KIND for one in left) and not any(one.second for one in left):
            await self._host.credentials.remove_kind(context, user_id, recovery.KIND)


if TYPE_CHECKING:

    def _proof(host: Host) -> Subscriber:
        return CodesEnd(host)
