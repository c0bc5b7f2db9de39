"""Codes that are sent to somebody's address and typed back into the journey that asked for them.

A code is good for one journey *and* one address: whoever changes the address on the way finds that the code sent before proves nothing about the
new one. How often one is sent is limited for the journey, for the address and for whoever asks, by conditional statements, before anything is made.
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from uuid import UUID

from xenia.security.limits import Limit, Limits, Reservation
from xenia.security.one_time import CodeResult, OneTime
from xenia.security.proxies import source_key


class SentCodes:
    """Codes of one ``kind``: how long they live, after which pause another may be asked for, and how many in all.

    The limits are named after ``kind``, so two uses of the same kind share them.
    """

    def __init__(
        self,
        limits: Limits,
        one_time: OneTime,
        kind: str,
        *,
        lifetime: timedelta = timedelta(minutes=10),
        pause: timedelta = timedelta(seconds=30),
        each_journey: int = 6,
        each_address: int = 6,
        each_source: int = 60,
    ) -> None:
        self._limits, self._one_time, self._kind = limits, one_time, kind
        self.lifetime = lifetime
        self._pause = Limit(f"{kind}.pause", 1, pause)
        self._journey = Limit(f"{kind}.journey", each_journey, timedelta(hours=1))
        self._address = Limit(f"{kind}.address", each_address, timedelta(hours=1))
        self._source = Limit(f"{kind}.source", each_source, timedelta(hours=1))

    async def reserve(self, tenant: str, journey: UUID, address: str, *, source: str, apart: str = "") -> int:
        """Take a place for one message that somebody at ``source`` (a network address) asks for: 0, or the seconds to wait.
        The same for every address, known or not.

        ``apart`` is what the hook ``counts_apart`` answers: an owner at home has messages left when strangers have used up theirs.
        """
        wanted = (
            (self._pause, str(journey)),
            (self._journey, str(journey)),
            (self._address, f"{_folded(address)} {apart}".rstrip()),
            (self._source, source_key(source)),
        )
        for limit, key in wanted:
            place = await self._limits.reserve(tenant, limit, key)
            if not isinstance(place, Reservation):
                return place.retry_after
        return 0

    async def issue(self, tenant: str, journey: UUID, address: str, *, attempts: int = 5) -> str:
        """A fresh code of six digits, which replaces the one before it, with as many tries."""
        bound = _bound(journey, address)
        return await self._one_time.issue_code(tenant, self._kind, bound, ttl=self.lifetime, attempts=attempts)

    async def check(self, tenant: str, journey: UUID, address: str, typed: str) -> CodeResult:
        """Try a code. The try is taken before anything is compared; a right code works once."""
        return await self._one_time.check_code(tenant, self._kind, _bound(journey, address), typed[:32])


def _folded(address: str) -> str:
    """One spelling for a limit: another width or case of the same letters is no other address."""
    return unicodedata.normalize("NFKC", address).casefold()


def _bound(journey: UUID, address: str) -> str:
    """Only A to Z are folded: letters that fold to others (``ß`` to ``ss``) stand in other addresses, and in domains of others."""
    return f"{journey} {address.encode('utf-8', 'surrogatepass').lower().decode('utf-8', 'surrogatepass')}"
