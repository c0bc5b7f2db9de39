"""Deferred and periodic work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from xenia.context import Context


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of work: run with the data it was queued with, or ``every`` so often (then without a tenant: ``context.tenant`` is empty).

    ``run`` must be idempotent: it is called at least once. It raises to be tried again with back-off, ``attempts``
    times at most.
    """

    name: str
    run: Callable[[Context, dict[str, Any]], Awaitable[None]]
    every: timedelta | None = None
    attempts: int = 8
