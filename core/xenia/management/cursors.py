"""Cursors: where the next page begins. Opaque, so that what stands inside may change."""

from __future__ import annotations

import base64
import binascii

from xenia.errors import Invalid
from xenia.messages import text


def cursor(place: str) -> str | None:
    """The cursor that a page of the management API ends with: ``next``, for the place of its last item; ``None`` at the end."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=") if place else None


def place_of(given: str) -> str:
    """The place of a cursor (``""`` = the beginning). Raises ``Invalid`` for what we never gave."""
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        found = raw.decode("ascii")
    except (binascii.Error, ValueError) as problem:
        raise Invalid({"after": text("error.cursor")}) from problem
    if not found.isprintable() or (cursor(found) or "") != given:
        raise Invalid({"after": text("error.cursor")})
    return found
