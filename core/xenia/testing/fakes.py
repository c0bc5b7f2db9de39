"""Stand-ins for services of the core, for tests of what uses them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from xenia.context import Context
from xenia.db import in_transaction
from xenia.events.models import Event, EventPage, EventQuery, NewEvent
from xenia.security.sealing import SealError
from xenia.security.secrets import joined


class RecordingEvents:
    """Keeps what was recorded, and insists that it is recorded in the transaction of the change."""

    def __init__(self) -> None:
        self.recorded: list[tuple[Context, NewEvent]] = []

    @property
    def types(self) -> list[str]:
        """The kinds of what was recorded, in order."""
        return [event.type for _, event in self.recorded]

    @property
    def last(self) -> NewEvent:
        """What was recorded last."""
        return self.recorded[-1][1]

    async def record(self, context: Context, event: NewEvent) -> None:
        """Keep it."""
        assert in_transaction(), f"{event.type} was recorded outside the transaction of its change"
        self.recorded.append((context, event))

    async def list(self, context: Context, query: EventQuery) -> EventPage:
        """Nothing: these events were never stored."""
        events: tuple[Event, ...] = ()
        return EventPage(events)

    async def count(self, context: Context, types: Sequence[str], within: timedelta, *, most: int = 10_000) -> int:
        """How many of these kinds were recorded."""
        return min(most, sum(self.types.count(each) for each in types))

    async def tally(
        self, context: Context, types: Sequence[str], days: int, *, most: int = 10_000
    ) -> Sequence[tuple[date, int]]:
        """Everything was recorded today."""
        return [(datetime.now(UTC).date(), await self.count(context, types, timedelta(days=1), most=most))]


class PlainSealing:
    """Hides nothing, but refuses what was moved to another tenant, purpose or row, as the real one does."""

    async def seal(self, context: Context, purpose: str, row: str, plaintext: bytes) -> bytes:
        """The place, then the text."""
        return _place(context, purpose, row) + plaintext

    async def open(self, context: Context, purpose: str, row: str, sealed: bytes) -> bytes:
        """The text, if it is in its place."""
        place = _place(context, purpose, row)
        if not sealed.startswith(place):
            raise SealError(f"sealed for another place than {purpose} {row}")
        return sealed.removeprefix(place)


def _place(context: Context, purpose: str, row: str) -> bytes:
    return b"sealed:" + joined(purpose, context.tenant, row)


if TYPE_CHECKING:
    from xenia.events.contracts import Events
    from xenia.plugin.host import Sealing

    _events: type[Events] = RecordingEvents
    _sealing: type[Sealing] = PlainSealing
