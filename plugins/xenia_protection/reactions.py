"""What follows on a disowned account: whoever was on the way in at that very moment goes too."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import Context, Event, Host, Subscriber
from xenia_protection.disowning import DISOWNED, Disowning


class EndAgain:
    """A moment later everything is ended once more: a sign-in that was decided before the button may have begun its session after it."""

    name = "protection.end_again"
    types: tuple[str, ...] = (DISOWNED,)

    def __init__(self, host: Host) -> None:
        self._host = host
        self._disowning = Disowning(host)

    async def handle(self, context: Context, event: Event) -> None:
        """While the account waits, nobody has a session rightly."""
        user_id = UUID(event.object.id)
        if await self._disowning.since(context, user_id) is not None:
            async with self._host.transaction():
                await self._disowning.end_everything(context, user_id)


if TYPE_CHECKING:

    def _proof(host: Host) -> Subscriber:
        return EndAgain(host)
