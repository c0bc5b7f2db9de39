"""The console's settings: section ``[plugins.admin]`` of the tenant ``system``. Times are in seconds."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class AdminSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long an administrator stays signed in to the console. The session it stands on may end it sooner."""

    idle_seconds: Annotated[int, Meta(ge=60, le=86400)] = 1800
    absolute_seconds: Annotated[int, Meta(ge=300, le=604800)] = 28800
