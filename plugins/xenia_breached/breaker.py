"""Keeps from asking who doesn't answer."""

from __future__ import annotations

from xenia.api import Clock

FAILURES = 3
PAUSE_SECONDS = 30.0


class Breaker:
    """After :data:`FAILURES` in a row nobody is asked for a while; then one question at a time tries whether it is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    def lets_through(self) -> bool:
        """Whether to ask. The one that tries after a pause keeps the others back for another."""
        if self._failures < FAILURES:
            return True
        now = self._clock.monotonic()
        if now < self._closed_until:
            return False
        self._closed_until = now + PAUSE_SECONDS
        return True

    def succeeded(self) -> None:
        """An answer came."""
        self._failures = 0

    def failed(self) -> None:
        """None came."""
        self._failures += 1
        self._closed_until = self._clock.monotonic() + PAUSE_SECONDS
