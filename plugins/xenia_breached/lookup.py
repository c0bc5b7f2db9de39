"""Where a password is looked up: in the operator's file, else at the tenant's range service."""

from __future__ import annotations

import asyncio
import hashlib

from xenia.api import Host
from xenia_breached.command import place
from xenia_breached.file import Shelf
from xenia_breached.ranges import RangeService
from xenia_breached.settings import BreachedSettings


class Lookup:
    """Answers for one process."""

    def __init__(self, host: Host) -> None:
        self.shelf = Shelf(place(host.settings.data_dir))
        self.service = RangeService(host)

    async def is_leaked(self, settings: BreachedSettings, password: str) -> bool:
        """Whether ``password`` (as it is hashed) is known from a leak. Raises :class:`CantTell`. Where there is a file, nobody is asked."""
        sha1 = sha1_of(password)
        held = await asyncio.to_thread(self.shelf.holds, sha1)
        if held is None and settings.range_url:
            return await self.service.holds(settings, sha1)
        return bool(held)


def sha1_of(password: str) -> bytes:
    """The hash that lists of leaked passwords are kept by. It guards nothing here."""
    return hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
