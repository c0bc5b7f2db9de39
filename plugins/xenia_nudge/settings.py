"""What a tenant may decide about the offer: section ``[plugins.nudge]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=365)]


class NudgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often people without a second factor are offered one."""

    snooze_days: Annotated[Days, Meta(description="Days until somebody who said “not now” is asked again.")] = 30
