"""What a tenant may decide about authenticator apps: section ``[plugins.totp]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec

Codes = Annotated[int, msgspec.Meta(ge=8, le=20)]


class TotpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``issuer`` is the name that apps show (empty = the tenant's title); ``recovery_codes`` is how many are made at a time."""

    issuer: str = ""
    recovery_codes: Codes = 10
