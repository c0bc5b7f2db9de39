"""What the console records of itself. What administrators do there, the core records as it records everything."""

from __future__ import annotations

from xenia.api import EventType

SIGNED_IN = "console.signed_in"
REFUSED = "console.refused"
SIGNED_OUT = "console.signed_out"
EXPORTED = "console.audit_exported"
EVENTS = (
    EventType(SIGNED_IN, "An administrator signed in to the console."),
    EventType(REFUSED, "Somebody without an administrator’s role tried the console."),
    EventType(SIGNED_OUT, "An administrator signed out of the console."),
    EventType(EXPORTED, "The audit log was exported."),
)
