"""Time as an argument: whoever needs the time is given a clock, so that a test never sleeps.

The database's own ``now()`` decides the expiry of whatever lives in a table; a clock serves signatures, caches and
shields, which live in the process.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol


class Clock(Protocol):
    """What tells the time: ``now()`` for people and protocols, ``monotonic()`` for durations."""

    def now(self) -> datetime:
        """The time of day, aware and in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time of day, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return time.monotonic()


class FrozenClock:
    """A clock that moves only when told to; for tests.

    Takes an aware ``start`` of any time zone (``ValueError`` for a naive one).
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware time")
        self._now = start.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """The time last set, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds advanced since the start, however the time of day was set back."""
        return self._elapsed

    def advance(self, by: timedelta) -> None:
        """Move the time of day; a negative ``by`` sets it back, which leaves ``monotonic()`` where it is."""
        self._now += by
        self._elapsed += max(by.total_seconds(), 0.0)


if TYPE_CHECKING:
    _clocks: tuple[type[Clock], ...] = (SystemClock, FrozenClock)
