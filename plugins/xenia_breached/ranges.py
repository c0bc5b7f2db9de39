"""Asks a range service: it gets the first five digits of a hash and answers with the rest of all that begin so.

The service learns neither the password nor whether it found it (k-anonymity), and by the padding it is asked for nobody on the way learns from the
length of the answer which range it was.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from functools import cached_property
from typing import Any

from xenia.api import Host, Unavailable, log
from xenia_breached.breaker import Breaker
from xenia_breached.errors import CantTell
from xenia_breached.settings import BreachedSettings

PREFIX = 5
MOST_SERVICES = 1000
_HEADERS = {"add-padding": "true", "accept": "text/plain"}
_RANGE = re.compile(rb"\A(?:[0-9A-Fa-f]{35}:[0-9]{1,12}\r?\n)+|\A[0-9A-Fa-f]{35}:[0-9]{1,12}\r?\n?\Z")


class RangeService:
    """The client for all tenants' services, each with a breaker of its own."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._breakers: OrderedDict[str, Breaker] = OrderedDict()

    @cached_property
    def _http(self) -> Any:
        """One client, made with the first question: reading the system's certificates takes a while."""
        return self._host.dialer.http_client()

    async def holds(self, settings: BreachedSettings, sha1: bytes) -> bool:
        """Whether the service has seen the hash often enough. Raises :class:`CantTell`, also without asking."""
        breaker = self._breaker(settings.range_url)
        if not breaker.lets_through():
            raise CantTell("the range service was away a moment ago")
        digits = sha1.hex().upper()
        try:
            body = await self._range(settings, digits[:PREFIX])
        except CantTell as problem:
            breaker.failed()
            log.warning("range_service_failed", problem=str(problem))
            raise
        breaker.succeeded()
        return count_of(body, digits[PREFIX:]) >= settings.least_count

    async def _range(self, settings: BreachedSettings, prefix: str) -> bytes:
        http = self._http  # made here the first time, which is no time of the service's
        try:
            async with asyncio.timeout(settings.timeout_ms / 1000):
                answer = await http.get(f"{settings.range_url}{prefix}", headers=_HEADERS)
        except (Unavailable, TimeoutError) as problem:
            raise CantTell(f"{type(problem).__name__}: {problem}") from problem
        body: bytes = answer.content
        if answer.status_code != 200 or not _RANGE.match(body):
            raise CantTell(f"status {answer.status_code}, {len(body)} bytes that are no range")
        return body

    def _breaker(self, url: str) -> Breaker:
        breaker = self._breakers.setdefault(url, Breaker(self._host.clock))
        self._breakers.move_to_end(url)
        if len(self._breakers) > MOST_SERVICES:
            self._breakers.popitem(last=False)
        return breaker

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        if "_http" in vars(self):
            await self._http.aclose()


def count_of(body: bytes, suffix: str) -> int:
    """How often a range says that it has seen a hash. What is padded in has a count of 0."""
    found = re.search(rb"^%s:([0-9]{1,12})\r?$" % suffix.encode(), body, re.MULTILINE | re.IGNORECASE)
    return int(found[1]) if found else 0
