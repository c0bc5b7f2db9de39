"""What sending tells."""

from __future__ import annotations

from xenia.events.models import EventType

EVENTS = (
    EventType("notify.sent", "A message was handed to a channel."),
    EventType("notify.refused", "A message was dropped, since its address or its content was refused for good."),
    EventType("notify.expired", "A message was dropped, since nobody could deliver it in time."),
)
