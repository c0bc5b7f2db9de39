"""Recording events, reading them, and reacting to them after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from xenia.context import Context
from xenia.events.models import Event, EventPage, EventQuery, NewEvent


class Events(Protocol):
    """The audit log and outbox of the context's tenant."""

    async def record(self, context: Context, event: NewEvent) -> None:
        """Write it in the running transaction (or in one of its own): if it can't be written, the change fails."""
        ...

    async def list(self, context: Context, query: EventQuery) -> EventPage:
        """A keyset page of events, their personal part opened where the person's key still exists."""
        ...

    async def count(self, context: Context, types: Sequence[str], within: timedelta, *, most: int = 10_000) -> int:
        """How many events of exactly these types lie so shortly back; counting ends at ``most``."""
        ...

    async def tally(
        self, context: Context, types: Sequence[str], days: int, *, most: int = 10_000
    ) -> Sequence[tuple[date, int]]:
        """How many events of exactly these types each of the last ``days`` (UTC) had, the oldest first; a day's
        counting ends at ``most``.
        """
        ...


class Subscriber(Protocol):
    """Reacts to events after they were sealed, in order, at least once, outside the request.

    ``types`` are exact names or ``noun.*``. It begins with what happens after it was first installed, and passes over
    what happens while its plugin is off. ``handle`` must be idempotent by the event's id; where it raises, the same
    event is offered again with back-off, and later events of that tenant wait. After a dozen failures, more than an
    hour, the event is parked: ``xenia doctor`` tells of it, ``xenia events retry`` offers it again, out of order.
    """

    name: str
    types: tuple[str, ...]

    async def handle(self, context: Context, event: Event) -> None:
        """React to one event. The context's actor is the system."""
        ...


class Historian(Subscriber, Protocol):
    """A subscriber that wants every event: where ``history`` is true it begins with a tenant's first one, and what happens
    while its plugin is off waits for it.
    """

    history: bool
