"""What is recorded of grants."""

from __future__ import annotations

from xenia.events.models import EventType

OPENED = "grant.opened"
ENDED = "grant.ended"

EVENTS: tuple[EventType, ...] = (
    EventType(OPENED, "An application was given a grant."),
    EventType(ENDED, "A grant ended, with every code and token of it."),
)
