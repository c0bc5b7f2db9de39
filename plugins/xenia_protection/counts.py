"""Guesses as they are counted by minute: for how hard a puzzle is, for detectors, and for the console."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from xenia.api import Context, Host
from xenia_protection import tables
from xenia_protection.models import Seen

MOST_NETWORKS = 20


class Guess(NamedTuple):
    """One guess: from where, at whose account (a keyed digest), and whether it was wrong."""

    network: str
    account: bytes
    wrong: bool


class Minute(NamedTuple):
    """How often within one minute."""

    at: datetime
    wrong: int
    right: int


class Counts:
    """Writes and reads ``protection_minutes``."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def add(self, context: Context, guesses: Sequence[Guess]) -> None:
        """More guesses."""
        columns = [list(column) for column in zip(*guesses, strict=True)]
        async with self._host.store(context) as store:
            await store.execute(tables.COUNT, context.tenant, *columns)

    async def seen(self, context: Context, networks: Iterable[str], minutes: int) -> list[Seen]:
        """The last minutes of these networks, ``""`` = the whole tenant; nothing of those where nobody guessed."""
        async with self._host.store(context) as store:
            rows = await store.fetch(tables.SEEN, context.tenant, list(networks), minutes)
        return [Seen(**dict(row)) for row in rows]

    async def by_minute(self, context: Context) -> Sequence[Minute]:
        """The minutes of the last hour in which anybody guessed."""
        async with self._host.store(context) as store:
            rows = await store.fetch(tables.BY_MINUTE, context.tenant)
        return [Minute(row["minute"], row["wrong"], row["right"]) for row in rows]

    async def top(self, context: Context) -> Sequence[Seen]:
        """The networks with the most wrong guesses of the last hour."""
        async with self._host.store(context) as store:
            rows = await store.fetch(tables.TOP, context.tenant, MOST_NETWORKS)
        return [Seen(**dict(row)) for row in rows]
