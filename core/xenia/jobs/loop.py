"""A background loop: something done again and again until the process ends, sooner when woken, slower while it fails."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from xenia.log import log

Round = Callable[[], Awaitable[bool]]
"""One round of work. ``True`` = there may be more at once; ``False`` = pause until the next round or until woken."""


def spawn(work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
    """Run ``work`` as a task of its own, outside the transaction (and every other variable) of whoever starts it."""
    return asyncio.create_task(work, name=name, context=contextvars.Context())


class Loop:
    """Runs ``round_`` every ``pause`` seconds, at once after :meth:`wake`, up to ``slowest`` seconds apart while it fails."""

    def __init__(self, name: str, round_: Round, *, pause: float, slowest: float = 10.0) -> None:
        self._name, self._round = name, round_
        self._pause, self._slowest = pause, slowest
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[Any] | None = None

    def start(self) -> None:
        """Begin, unless it runs already."""
        if self._task is None:
            self._stopping = False
            self._task = spawn(self._run(), self._name)

    def wake(self) -> None:
        """There is something to do now."""
        self._woken.set()

    async def stop(self) -> None:
        """Let the round that runs come to its end, then end."""
        self._stopping = True
        self._woken.set()
        task, self._task = self._task, None
        if task is not None:
            await task

    async def _run(self) -> None:
        failures = 0
        while not self._stopping:
            self._woken.clear()
            try:
                more, failures = await self._round(), 0
            except Exception as problem:  # noqa: BLE001  a loop outlives whatever goes wrong in one round
                more, failures = False, failures + 1
                log.error("round_failed", name=self._name, problem=repr(problem))
            if not more and not self._stopping:
                await self._rest(
                    self._pause if not failures else min(self._slowest, max(self._pause, 0.1) * 2.0**failures)
                )

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
