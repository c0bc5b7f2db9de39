"""What follows on a sign-in: it is remembered as the person's past; one that was refused is noted with its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, Event, Subscriber, browser_family, parse_id
from xenia_risk.past import Past
from xenia_risk.service import RiskService


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


class NoteRefused:
    """Somebody who was asked for more, and had nothing more to show, is noted as refused."""

    name = "risk.note_refused"
    types: tuple[str, ...] = ("journey.denied",)

    def __init__(self, service: RiskService) -> None:
        self._service = service

    async def handle(self, context: Context, event: Event) -> None:
        """The journey tells the decision. Twice is as once."""
        if journey := parse_id(str(event.data.get("journey", ""))):
            await self._service.refused(context, journey)


if TYPE_CHECKING:

    def _proof(past: Past, service: RiskService) -> tuple[Subscriber, ...]:
        return Remember(past), NoteRefused(service)
