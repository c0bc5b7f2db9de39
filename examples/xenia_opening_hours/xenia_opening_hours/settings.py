"""What a tenant may decide: section ``[plugins.opening_hours]`` of its document, and a form in the console."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Hour = Annotated[int, Meta(ge=0, le=24)]


class HoursSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From when until when people may sign in, in hours of UTC."""

    opens: Annotated[Hour, Meta(description="The first hour, UTC.")] = 0
    closes: Annotated[Hour, Meta(description="The hour at which it is over, UTC.")] = 24
    notice: Annotated[bool, Meta(description="Send a mail after each sign-in.")] = False

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")

    def is_open(self, now: datetime) -> bool:
        """Whether people may sign in."""
        return self.opens <= now.hour < self.closes
