"""What is recorded of tenants and their settings."""

from __future__ import annotations

from xenia.events.models import EventType

CREATED = "tenant.created"
CHANGED = "tenant.changed"
SUSPENDED = "tenant.suspended"
RESUMED = "tenant.resumed"
SETTINGS_CHANGED = "settings.changed"

EVENTS: tuple[EventType, ...] = (
    EventType(CREATED, "A tenant was created."),
    EventType(CHANGED, "A tenant's title, hosts, plugins, roles or attributes were changed."),
    EventType(SUSPENDED, "A tenant was suspended: nothing of it is served."),
    EventType(RESUMED, "A suspended tenant is served again."),
    EventType(SETTINGS_CHANGED, "Settings of a plugin or of the core were changed."),
)
