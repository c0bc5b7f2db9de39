"""What is recorded of tokens and signing keys."""

from __future__ import annotations

from xenia.events.models import EventType

ISSUED = "token.issued"
REVOKED = "token.revoked"
REUSED = "token.reused"
KEY_CREATED = "key.created"
KEY_ROTATED = "key.rotated"
KEY_STATE_CHANGED = "key.state_changed"

EVENTS: tuple[EventType, ...] = (
    EventType(ISSUED, "An access token was issued."),
    EventType(REVOKED, "An access token was revoked."),
    EventType(REUSED, "A code or refresh token was used twice, so its grant ended."),
    EventType(KEY_CREATED, "A signing key was made."),
    EventType(KEY_ROTATED, "The next signing key took over."),
    EventType(KEY_STATE_CHANGED, "A signing key was moved to another state by hand."),
)
