"""Many callers, one trip: whoever comes while a trip is under way goes with the next one.

An idle system answers at once, and a busy one carries many at the price of one: where somebody waited already when a
trip came back, the next one lingers for a moment, so that it isn't half empty. Each caller's trip begins after the caller
came, so it sees whatever was committed before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Any, Generic, TypeVar

LINGER = 0.002
"""Seconds that a trip waits for company while there is much to carry. With the trip itself nobody is kept five
milliseconds, and an event loop that is busy loses nothing by it."""

Given = TypeVar("Given")
Got = TypeVar("Got")

MOST = 500
"""How many go together at most: that takes the database well below the five milliseconds that a caller may be kept."""


class Together(Generic[Given, Got]):
    """Takes what many bring to ``trip``, which gives as many answers, in order.

    Where a trip fails with one of ``retried`` (nothing of it has happened, and one of many may be the cause), each of
    its callers goes once more, alone. With any other failure all of them fail. ``order`` is the order in which they
    go: where trips write, one and the same everywhere keeps two processes from waiting for each other in a circle.
    """

    def __init__(
        self,
        trip: Callable[[Sequence[Given]], Awaitable[Sequence[Got]]],
        *,
        retried: tuple[type[Exception], ...] = (),
        order: Callable[[Given], Any] | None = None,
        most: int = MOST,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._trip = trip
        self._retried = retried
        self._order = order
        self._most = most
        self._pause = pause
        self._waiting: list[tuple[Given, asyncio.Future[Got]]] = []
        self._under_way: asyncio.Task[None] | None = None

    def go(self, given: Given) -> asyncio.Future[Got]:
        """Take ``given`` along; await what comes of it."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((given, done))
        if self._under_way is None:
            # In a context of its own: a trip belongs to no one caller, and to nobody's transaction.
            self._under_way = asyncio.create_task(self._travel(), context=Context())
        return done

    async def arrived(self) -> None:
        """Wait until nobody waits."""
        while self._under_way is not None:
            await asyncio.wait([self._under_way])

    async def _travel(self) -> None:
        group: list[tuple[Given, asyncio.Future[Got]]] = []
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._carry(group)
                if 0 < len(self._waiting) < self._most:
                    await self._pause(LINGER)
        except asyncio.CancelledError:
            for _, done in (*group, *self._waiting):
                done.cancel()
            raise
        finally:
            self._under_way = None

    async def _carry(self, group: Sequence[tuple[Given, asyncio.Future[Got]]]) -> None:
        try:
            if (order := self._order) is not None:
                group = sorted(group, key=lambda one: order(one[0]))
            answers = await self._trip([given for given, _ in group])
        except self._retried as problem:
            if len(group) == 1:
                _fail(group, problem)
                return
            for one in group:
                await self._carry([one])
        except Exception as problem:  # noqa: BLE001  handed to every caller, where it is raised
            _fail(group, problem)
        else:
            for (_, done), answer in zip(group, answers, strict=True):
                if not done.done():  # else its caller was cancelled
                    done.set_result(answer)


def _fail(group: Sequence[tuple[Any, asyncio.Future[Any]]], problem: Exception) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(problem)
