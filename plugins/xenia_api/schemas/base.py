"""What all of them share: two bases, and how texts, cursors and limits are bounded."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

Line = Annotated[str, Meta(max_length=200)]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-z][a-z0-9_:-]*$")]
Locale = Annotated[str, Meta(max_length=35, pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Value = Annotated[str, Meta(min_length=1, max_length=254)]
Cursor = Annotated[str, Meta(max_length=500, description="`next` of the page before; empty for the first.")]
Limit = Annotated[int, Meta(ge=1, le=200, description="How many at most.")]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the API tells."""


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the API is told."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457). `errors` names fields, each with the id of a sentence."""

    type: str
    title: str
    status: int
    request_id: str
    errors: dict[str, str] | UnsetType = UNSET
