"""What goes over the wire of the management API: two bases, and how lists are read page by page."""

from __future__ import annotations

from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from xenia.management.cursors import place_of

Cursor = Annotated[str, Meta(max_length=500, description="`next` of the page before; empty for the first.")]
Limit = Annotated[int, Meta(ge=1, le=200, description="How many at most.")]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the management API tells: an allow-list, what isn't named in it is never shown."""

    @classmethod
    def like(cls, thing: object, **others: Any) -> Self:
        """The fields that are named here, as ``thing`` has them; ``others`` are those that it has not, or otherwise."""
        same = {name: getattr(thing, name) for name in cls.__struct_fields__ if name not in others}
        return cls(**same, **others)


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the management API is told, as a body or a query. Fields that it doesn't name are refused."""


class PageQuery(Input, frozen=True, kw_only=True):
    """Which page of a list."""

    after: Cursor = ""
    limit: Limit = 50

    @property
    def place(self) -> str:
        """After what the page begins (``""`` = at the beginning). Raises ``Invalid`` for a cursor that we never gave."""
        return place_of(self.after)
