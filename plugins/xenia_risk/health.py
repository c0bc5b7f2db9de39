"""Whether the operator's files can be used."""

from __future__ import annotations

import asyncio

from maxminddb import InvalidDatabaseError

from xenia_risk.places import Shelf
from xenia_risk.reputation import Listed

ANYWHERE = "192.0.2.1"


async def can_be_read(shelf: Shelf, listed: Listed) -> str | None:
    """``None`` = well, or there are none; else what to mend, in one line."""
    try:
        await asyncio.to_thread(shelf.place, ANYWHERE)
    except (InvalidDatabaseError, OSError) as problem:
        return f"a file of places can't be read: {problem}; put a file in MaxMind's format there"
    try:
        await asyncio.to_thread(listed.current)
    except (ValueError, OSError) as problem:
        return f"{problem}; build it again with `xenia risk lists`"
    return None
