"""What a tenant may decide about devices: section ``[plugins.devices]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Days = Annotated[int, Meta(ge=0, le=90)]


class DevicesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether, and for how long, a person may have a device remembered."""

    trust_days: Annotated[
        Days, Meta(description="For how many days a person may skip the second factor on a device. 0: never.")
    ] = 0
