"""How a process learns that it is to end: SIGTERM, SIGINT, or its parent gone."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
GRACE_SECONDS = 15
"""How long requests in work may take to finish."""
REFUSED = os.EX_CONFIG
"""The exit code of a child that can't work with this set-up: starting it again would not help."""


@contextmanager
def ending() -> Iterator[asyncio.Event]:
    """An event that is set when this process is asked to end; a second signal ends it at once."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    def ask(number: int) -> None:
        asked.set()
        loop.remove_signal_handler(number)

    for number in SIGNALS:
        loop.add_signal_handler(number, ask, number)
    try:
        yield asked
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def with_parent(asked: asyncio.Event) -> Iterator[None]:
    """Set ``asked`` when standard input closes: the parent holds its other end and never writes, so it closes when the parent is gone."""
    loop = asyncio.get_running_loop()

    def gone() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            asked.set()

    loop.add_reader(0, gone)
    try:
        yield
    finally:
        loop.remove_reader(0)


@contextmanager
def leaving_orderly() -> Iterator[None]:
    """While no loop runs, SIGTERM unwinds what was begun instead of cutting it off."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
