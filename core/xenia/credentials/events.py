"""What is recorded of credentials."""

from __future__ import annotations

from xenia.events.models import EventType

ADDED = "credential.added"
REMOVED = "credential.removed"
RENAMED = "credential.renamed"
MOVED = "credential.moved"
SPENT = "credential.spent"

EVENTS: tuple[EventType, ...] = (
    EventType(ADDED, "A credential was enrolled, or replaced the one before."),
    EventType(REMOVED, "A credential was removed."),
    EventType(RENAMED, "A credential was given another label."),
    EventType(MOVED, "A credential went along into another account, in a merge."),
    EventType(SPENT, "A credential that works once was used up."),
)
