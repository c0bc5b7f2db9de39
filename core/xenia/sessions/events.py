"""What is recorded of sessions."""

from __future__ import annotations

from xenia.events.models import EventType

STARTED = "session.started"
ENDED = "session.ended"

EVENTS: tuple[EventType, ...] = (
    EventType(STARTED, "Somebody signed in, or signed in again, in a browser."),
    EventType(ENDED, "A session ended, with the grants that stand on it."),
)
