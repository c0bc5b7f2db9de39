"""What follows on a sign-in: it is remembered as the person's past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, Event, Subscriber, browser_family
from xenia_risk.past import Past


class Remember:
    """After a sign-in its place and kind of browser are part of the past."""

    name = "risk.remember"
    types: tuple[str, ...] = ("session.started",)

    def __init__(self, past: Past) -> None:
        self._past = past

    async def handle(self, context: Context, event: Event) -> None:
        """An erased person's sign-ins can't be read any more, and aren't kept."""
        if event.person is None or not event.personal:
            return
        told = event.personal
        family = browser_family(told.get("user_agent", ""))
        await self._past.remember(context, event.person, event.id, event.at, told.get("address", ""), family)


if TYPE_CHECKING:

    def _proof(past: Past) -> Subscriber:
        return Remember(past)
