"""How long to wait after failures, and what may be remembered of one."""

from __future__ import annotations

import random
from datetime import timedelta

from xenia.errors import XeniaError

LONGEST = 900.0


def backoff(failures: int, longest: float = LONGEST) -> timedelta:
    """Doubling from two seconds, capped, and scattered by a quarter so that not all come back at once."""
    return timedelta(seconds=min(2.0 ** min(failures, 30), longest) * random.uniform(0.75, 1.25))  # noqa: S311  no secret


def named(problem: BaseException) -> str:
    """A problem's kind and code, never its text, which may hold what it was about."""
    kind = type(problem).__name__
    return f"{kind} {problem.code}" if isinstance(problem, XeniaError) else kind
