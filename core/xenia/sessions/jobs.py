"""The periodic work of sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xenia.context import Context
from xenia.jobs.models import Job
from xenia.sessions.service import SessionService


def session_jobs(sessions: SessionService) -> tuple[Job, ...]:
    """Sessions whose time is over, or that nobody used for too long, end, and with them the grants that stand on them."""

    async def end_expired(_context: Context, _data: dict[str, Any]) -> None:
        while await sessions.sweep():
            pass

    async def end_idle(_context: Context, _data: dict[str, Any]) -> None:
        while await sessions.sweep_idle():
            pass

    return (
        Job(name="core.sessions", run=end_expired, every=timedelta(minutes=1)),
        Job(name="core.idle_sessions", run=end_idle, every=timedelta(minutes=10)),
    )
