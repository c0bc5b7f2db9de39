"""What is recorded of users."""

from __future__ import annotations

from xenia.events.models import EventType

CREATED = "user.created"
CHANGED = "user.changed"
DISABLED = "user.disabled"
ENABLED = "user.enabled"
ERASED = "user.erased"
IDENTIFIER_ADDED = "user.identifier_added"
IDENTIFIER_VERIFIED = "user.identifier_verified"
IDENTIFIER_REMOVED = "user.identifier_removed"
ROLES_CHANGED = "user.roles_changed"
MERGED = "user.merged"
UNMERGED = "user.unmerged"

EVENTS: tuple[EventType, ...] = (
    EventType(CREATED, "A user was created."),
    EventType(CHANGED, "A user's attributes or language were changed."),
    EventType(DISABLED, "A user was disabled: every session and grant ended at that moment."),
    EventType(ENABLED, "A disabled user may sign in again."),
    EventType(ERASED, "A person was erased."),
    EventType(IDENTIFIER_ADDED, "An identifier was added to a user."),
    EventType(IDENTIFIER_VERIFIED, "A user proved to own an identifier."),
    EventType(IDENTIFIER_REMOVED, "An identifier of a user was removed."),
    EventType(ROLES_CHANGED, "A user's roles were replaced."),
    EventType(MERGED, "Another account of the same person was merged into this one."),
    EventType(UNMERGED, "A merge was undone: the accounts are apart again."),
)
