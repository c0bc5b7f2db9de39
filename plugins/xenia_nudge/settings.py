"""What a tenant may decide about the offer: section ``[plugins.nudge]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=365)]


class NudgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often people without a second factor are offered one."""

    wait_days: Annotated[
        int, Meta(ge=0, le=365, description="Days that a new account is left in peace before it is asked.")
    ] = 1
    snooze_days: Annotated[Days, Meta(description="Days until somebody who said “not now” is asked again.")] = 30
