"""One look for the whole of a request: what several parts of a step ask is read once.

A step of a journey asks methods, steps and policy one after another, and each of them wants to know the same of the same
person. Inside ``with looking_once():`` the first answer serves all of them. Three rules keep it right:

* inside a transaction the database is always asked: what decides there is what holds there;
* whoever changes what is looked at says :func:`look_anew`, and every answer is forgotten;
* nothing outlives the request, and where nobody opened a look, nothing is kept at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from xenia.db import in_transaction

T = TypeVar("T")

_seen: ContextVar[dict[Hashable, Any] | None] = ContextVar("xenia_looks", default=None)


@contextmanager
def looking_once() -> Iterator[None]:
    """What :func:`looked_at` answers inside is read once. An inner look is its own."""
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


async def looked_at(thing: Hashable, read: Callable[[], Awaitable[T]]) -> T:
    """The answer of ``read``, or what it was before in this look."""
    seen = _seen.get()
    if seen is None or in_transaction():
        return await read()
    if thing not in seen:
        seen[thing] = await read()
    return cast("T", seen[thing])


def look_anew() -> None:
    """Forget every answer of the running look: something was changed."""
    if seen := _seen.get():
        seen.clear()
