"""What all of them share: how texts are bounded, and how a refusal looks."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

Line = Annotated[str, Meta(max_length=200)]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-z][a-z0-9_:-]*$")]
Locale = Annotated[str, Meta(max_length=35, pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Value = Annotated[str, Meta(min_length=1, max_length=254)]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457). `errors` names fields, each with the id of a sentence."""

    type: str
    title: str
    status: int
    request_id: str
    errors: dict[str, str] | UnsetType = UNSET
