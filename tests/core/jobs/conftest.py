"""A queue over a real database, sealed by a mark, and what its jobs did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from xenia.context import Context
from xenia.db import Database
from xenia.jobs.models import Job
from xenia.jobs.service import JobQueue
from xenia.jobs.worker import Registered, Worker
from xenia.plugin.registry import CORE
from xenia.testing.fake_keys import FakeSealing

CONTEXT = Context(tenant="acme", locale="de")


class Ran:
    """What was run, and what shall fail."""

    def __init__(self) -> None:
        self.data: list[Any] = []
        self.contexts: list[Context] = []
        self.problem: BaseException | None = None
        self.instead: Callable[[], Awaitable[object]] | None = None

    async def run(self, context: Context, data: dict[str, Any]) -> None:
        """Remember, then do something else or fail where that is wanted."""
        self.data.append(data)
        self.contexts.append(context)
        if self.instead:
            await self.instead()
        if self.problem:
            raise self.problem


@pytest.fixture
def ran() -> Ran:
    """What the jobs did."""
    return Ran()


@pytest.fixture
def queue(database: Database) -> JobQueue:
    """The queue under test."""
    return JobQueue(database, FakeSealing())


@pytest.fixture
def worker(database: Database, queue: JobQueue, ran: Ran) -> Worker:
    """A worker that works when told, with a job of the core and one of a plugin that is on for acme alone."""

    async def enabled(tenant: str) -> frozenset[str]:
        return frozenset({"hooks"}) if tenant == "acme" else frozenset()

    jobs = [
        Registered(CORE, Job(name="core.work", run=ran.run, attempts=3)),
        Registered("hooks", Job(name="hooks.push", run=ran.run)),
    ]
    return Worker(database, queue, jobs, enabled)
