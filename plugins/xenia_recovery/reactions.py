"""What follows where a lost factor is gone in another way: there is nothing left to do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, Event, Host, Subscriber, parse_id
from xenia_recovery.notices import Notice
from xenia_recovery.service import Requests

NOTHING_LEFT = "nothing_left"


class EndWithLastFactor:
    """A person without any second factor has no use for a request to do without one: it ends, and everybody is told."""

    name = "recovery.end_with_last_factor"
    types: tuple[str, ...] = ("credential.removed",)

    def __init__(self, host: Host, requests: Requests) -> None:
        self._host = host
        self._requests = requests

    async def handle(self, context: Context, event: Event) -> None:
        """One that was used or cancelled before stays so."""
        user_id = parse_id(str(event.data.get("user", "")))
        mine = await self._requests.open(context, user_id) if user_id else None
        if mine is None or any(one.second for one in await self._host.credentials.summaries(context, mine.user_id)):
            return
        await self._requests.cancel(context, mine.user_id, mine.id, by=NOTHING_LEFT, notice=Notice.ENDED)


if TYPE_CHECKING:

    def _proof(host: Host, requests: Requests) -> Subscriber:
        return EndWithLastFactor(host, requests)
