"""What is told of applications."""

from __future__ import annotations

from xenia.events.models import EventType

CREATED = "application.created"
CHANGED = "application.changed"
REMOVED = "application.removed"
SECRET_ADDED = "application.secret_added"  # noqa: S105  the name of an event
SECRET_REMOVED = "application.secret_removed"  # noqa: S105

EVENTS = (
    EventType(CREATED, "An application was added."),
    EventType(CHANGED, "An application was changed."),
    EventType(REMOVED, "An application was removed, with every grant it had."),
    EventType(SECRET_ADDED, "An application got another secret."),
    EventType(SECRET_REMOVED, "A secret of an application was ended."),
)
