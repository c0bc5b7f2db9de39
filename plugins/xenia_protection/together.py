"""Guesses that come at once are counted at once: whoever comes while a statement runs goes with the next one.

Everybody's guesses count on one row of the tenant. Written one by one, two hundred at a time would wait for each other longer than a
guess may take.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from weakref import WeakKeyDictionary

from xenia.api import Context, Host
from xenia_protection.counts import Counts, Guess
from xenia_protection.watch import Watch


class Together:
    """Counts what waits, then looks at it, for one tenant at a time in one process."""

    def __init__(self, host: Host) -> None:
        self._counts, self._watch = Counts(host), Watch(host)
        self._waiting: defaultdict[str, list[Guess]] = defaultdict(list)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def add(self, context: Context, guess: Guess) -> None:
        """Count a guess. It is counted when this returns, perhaps by somebody else."""
        tenant = context.tenant
        self._waiting[tenant].append(guess)
        async with self._locks[tenant]:
            if batch := self._waiting.pop(tenant, []):
                await self._counts.add(context, batch)
                if networks := {one.network for one in batch if one.wrong}:
                    await self._watch.look(context, networks)


_of_hosts: WeakKeyDictionary[Host, Together] = WeakKeyDictionary()


def together(host: Host) -> Together:
    """The one of a process."""
    if host not in _of_hosts:
        _of_hosts[host] = Together(host)
    return _of_hosts[host]
