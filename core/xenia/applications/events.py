"""What is recorded of applications."""

from __future__ import annotations

from xenia.events.models import EventType

CREATED = "application.created"
CHANGED = "application.changed"
REMOVED = "application.removed"
SECRET_ADDED = "application.secret_added"  # noqa: S105  the name of an event
SECRET_REMOVED = "application.secret_removed"  # noqa: S105  the name of an event

EVENTS: tuple[EventType, ...] = (
    EventType(CREATED, "An application was created."),
    EventType(CHANGED, "An application was changed."),
    EventType(REMOVED, "An application was removed; its grants ended at that moment."),
    EventType(SECRET_ADDED, "A client secret was added."),
    EventType(SECRET_REMOVED, "A client secret was ended."),
)
