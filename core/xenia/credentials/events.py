"""What is told of credentials."""

from __future__ import annotations

from xenia.events.models import EventType

ADDED = "credential.added"
REMOVED = "credential.removed"
RENAMED = "credential.renamed"
SPENT = "credential.spent"

EVENTS = (
    EventType(ADDED, "A way to sign in was enrolled."),
    EventType(REMOVED, "A way to sign in was removed."),
    EventType(RENAMED, "A way to sign in got another label."),
    EventType(SPENT, "A credential that works once was used."),
)
