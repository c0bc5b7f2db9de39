"""What a tenant may decide about authenticator apps: section ``[plugins.totp]`` of its document."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(max_length=64)]
Codes = Annotated[int, Meta(ge=8, le=20)]


class TotpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How apps name this service, and how many recovery codes a person gets."""

    issuer: Annotated[Name, Meta(description="The name that apps show. Empty: the tenant's title.")] = ""
    recovery_codes: Annotated[Codes, Meta(description="How many recovery codes are made at a time.")] = 10
