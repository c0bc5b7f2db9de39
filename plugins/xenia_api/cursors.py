"""Cursors: where the next page begins. Opaque, so that what stands inside may change."""

from __future__ import annotations

import base64
import binascii

from xenia.api import Invalid, text


def opaque(place: str) -> str | None:
    """The cursor of a place; ``None`` at the end."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=") if place else None


def place(cursor: str) -> str:
    """The place of a cursor (``""`` = the beginning). Raises ``Invalid`` for what we never gave."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = raw.decode("ascii")
    except (binascii.Error, ValueError) as problem:
        raise Invalid({"after": text("api.cursor")}) from problem
    if not found.isprintable() or (opaque(found) or "") != cursor:
        raise Invalid({"after": text("api.cursor")})
    return found
