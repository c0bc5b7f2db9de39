"""Identifiers: UUID version 7, ordered by time, so that an index grows at its end (RFC 9562 5.7).

An identifier is never a secret: it tells when it was made, and its neighbours can be guessed at.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Callable

NIL_ID = uuid.UUID(int=0)
"""Nobody's: asked for in place of an account that isn't there, so that looking takes as long (RFC 9562 section 5.9)."""

_TAIL_BITS = 74
_TAIL_MASK = (1 << _TAIL_BITS) - 1
_STEP_BITS = 32


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class IdFactory:
    """Makes identifiers that rise strictly within a process, even when the clock stands still or goes back.

    Within one millisecond the random tail grows by a random step (RFC 9562 6.2, method 2); should it run over, the
    identifier borrows the next millisecond.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._lock = threading.Lock()
        self._moment = -1
        self._tail = 0

    def __call__(self) -> uuid.UUID:
        """The next identifier."""
        with self._lock:
            self._step()
            moment, tail = self._moment, self._tail
        high, low = tail >> 62, tail & ((1 << 62) - 1)
        return uuid.UUID(int=moment << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)

    def _step(self) -> None:
        moment = self._milliseconds()
        if moment > self._moment:
            self._moment, self._tail = moment, _fresh_tail()
            return
        self._tail += 1 + secrets.randbits(_STEP_BITS)
        if self._tail > _TAIL_MASK:
            self._moment, self._tail = self._moment + 1, _fresh_tail()


def _fresh_tail() -> int:
    return secrets.randbits(_TAIL_BITS)


new_id = IdFactory()


def parse_id(text: str) -> uuid.UUID | None:
    """The identifier that ``text`` spells, or None.

    Only the canonical spelling counts (lower case, with hyphens), so that one row has one address.
    """
    try:
        found = uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
    return found if str(found) == text else None
