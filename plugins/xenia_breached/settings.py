"""What a tenant may decide about leaked passwords: section ``[plugins.breached]`` of its document."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Url = Annotated[str, Meta(max_length=200, pattern=r"\A(?:https?://[^\s?#]+/)?\Z")]
Times = Annotated[int, Meta(ge=1, le=1_000_000)]
Milliseconds = Annotated[int, Meta(ge=100, le=2000)]


class Unknown(StrEnum):
    """What becomes of a new password that nobody can look up now."""

    ALLOW = "allow"
    REFUSE = "refuse"


class BreachedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where leaked passwords are looked up besides the operator's own file, and what follows."""

    range_url: Annotated[
        Url, Meta(description="A range service, asked where the operator has no file. Empty: nobody is asked.")
    ] = ""
    timeout_ms: Annotated[Milliseconds, Meta(description="How long the range service may take, in milliseconds.")] = (
        1500
    )
    unknown: Annotated[
        Unknown, Meta(description="A new password that can't be looked up now is allowed or refused.")
    ] = Unknown.ALLOW
    least_count: Annotated[Times, Meta(description="How often the range service must have seen a password.")] = 1
    at_sign_in: Annotated[
        bool, Meta(description="Look at passwords that are used to sign in too, and have leaked ones changed.")
    ] = True
