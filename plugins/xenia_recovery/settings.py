"""What a tenant may decide about lost factors: section ``[plugins.recovery]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Hours = Annotated[int, Meta(ge=1, le=720)]
Days = Annotated[int, Meta(ge=1, le=30)]


class RecoverySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long somebody waits who lost their second factor, and what else may be asked for."""

    wait_hours: Annotated[
        Hours, Meta(description="Hours between asking to do without a lost factor and setting up another.")
    ] = 72
    usable_days: Annotated[Days, Meta(description="Days after the waiting time in which it must be done.")] = 7
    user_names: Annotated[
        bool, Meta(description="Whether people may have the names of their account mailed to them.")
    ] = False
