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
        await self._host.tables(context).execute(tables.COUNT, context.tenant, *columns)

    async def seen(self, context: Context, networks: Iterable[str], minutes: int) -> list[Seen]:
        """The last minutes of these networks, ``""`` = the whole tenant; nothing of those where nobody guessed."""
        rows = await self._host.tables(context).fetch(tables.SEEN, context.tenant, list(networks), minutes)
        return [Seen(**dict(row)) for row in rows]

    async def by_minute(self, context: Context) -> Sequence[Minute]:
        """The minutes of the last hour in which anybody guessed."""
        rows = await self._host.tables(context).fetch(tables.BY_MINUTE, context.tenant)
        return [Minute(row["minute"], row["wrong"], row["right"]) for row in rows]

    async def top(self, context: Context) -> Sequence[Seen]:
        """The networks with the most wrong guesses of the last hour."""
        rows = await self._host.tables(context).fetch(tables.TOP, context.tenant, MOST_NETWORKS)
        return [Seen(**dict(row)) for row in rows]
