"""A line on the terminal that says how far a long build is; where nobody looks, a line for each tenth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from xenia_breached.build import Done

PAUSE_SECONDS = 0.5
_UNITS = ((3600, "h"), (60, "min"), (1, "s"))


class Progress:
    """Shows :class:`Done`. ``now`` gives seconds."""

    def __init__(self, out: TextIO, now: Callable[[], float]) -> None:
        self._out, self._now = out, now
        self._alive = out.isatty()
        self._first: tuple[float, int] | None = None
        self._due = 0.0
        self._tenth = -1

    def show(self, done: Done) -> None:
        """Say how far it is, if something is to be said."""
        now = self._now()
        self._first = self._first or (now, done.read)
        tenth = 10 * done.read // max(1, done.size)
        if not (now >= self._due if self._alive else tenth > self._tenth):
            return
        self._due, self._tenth = now + PAUSE_SECONDS, tenth
        line = f"{100 * done.read // max(1, done.size):3} %  {done.kept:,} hashes{self._left(now, done)}"
        self._out.write(f"\r{line:<70}" if self._alive else f"{line}\n")
        self._out.flush()

    def _left(self, now: float, done: Done) -> str:
        began, at = self._first or (now, done.read)
        if now <= began or done.read <= at:
            return ""
        seconds = int((now - began) / (done.read - at) * (done.size - done.read))
        size, unit = next((pair for pair in _UNITS if seconds >= pair[0]), _UNITS[-1])
        return f"  about {seconds // size} {unit} left"

    def end(self) -> None:
        """Leave the line."""
        if self._alive:
            self._out.write("\n")
