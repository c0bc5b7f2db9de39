"""Whether the file of leaked passwords can be used."""

from __future__ import annotations

import asyncio

from xenia_breached.errors import CantTell
from xenia_breached.lookup import Lookup


async def can_be_read(lookup: Lookup) -> str | None:
    """``None`` = well, or there is no file; else what to mend, in one line."""
    try:
        await asyncio.to_thread(lookup.shelf.current)
    except CantTell as problem:
        return f"{problem}; build it again with `xenia breached build`"
    return None
