"""The worker: takes due jobs by lease, runs them at least once, and puts back what failed, further away each time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from xenia.context import Context, system_actor
from xenia.db import Database
from xenia.errors import XeniaError
from xenia.jobs import tables
from xenia.jobs.backoff import backoff, named
from xenia.jobs.loop import Loop, spawn
from xenia.jobs.models import Job
from xenia.jobs.service import JobQueue
from xenia.log import log
from xenia.plugin.registry import CORE

PAUSE = 1.0
TOGETHER = 16
LEASE = timedelta(seconds=60)
SWITCHED_OFF = timedelta(hours=1)
STOP_SECONDS = 20.0

Enabled = Callable[[str], Awaitable[Collection[str]]]
"""The plugins that are on for a tenant, by its id."""


class Registered(NamedTuple):
    """A job and the plugin that it belongs to (``core`` = the core's own, always on)."""

    plugin: str
    job: Job


class Worker:
    """Runs the jobs of ``registered`` in the background of a process; of many processes, one takes each job."""

    def __init__(self, database: Database, queue: JobQueue, registered: Sequence[Registered], enabled: Enabled) -> None:
        self._database = database
        self._queue = queue
        self._jobs = {entry.job.name: entry for entry in registered if entry.job.every is None}
        self._periodic = {entry.job.name: entry.job for entry in registered if entry.job.every is not None}
        self._enabled = enabled
        self._running: set[asyncio.Task[Any]] = set()
        self._loop = Loop("job-worker", self._round, pause=PAUSE)
        self._known = False
        queue.wake = self._loop.wake

    def start(self) -> None:
        """Work from now on."""
        self._loop.start()

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Take nothing more, give what runs some time to end, and leave the rest to whoever finds its lease expired."""
        await self._loop.stop()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _round(self) -> bool:
        await self._take_periodic()
        free = max(TOGETHER - len(self._running), 0)  # periodic jobs run whatever else does
        taken = await tables.claim(self._database, list(self._jobs), free, LEASE) if free and self._jobs else []
        for job in taken:
            self._begin(self._run(job), job.name)
        return len(taken) == free > 0

    async def drain(self) -> int:
        """Run everything that is due now, to the end; how many jobs were taken. For commands and tests."""
        count = 0
        while taken := await tables.claim(self._database, list(self._jobs), TOGETHER, LEASE):
            count += len(taken)
            await asyncio.gather(*(self._run(job) for job in taken))
        return count

    def _begin(self, work: Any, name: str) -> None:
        task = spawn(work, f"job:{name}")
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("job_not_settled", name=task.get_name(), problem=repr(problem))  # its lease will expire
        self._loop.wake()

    # -- one job

    async def _run(self, taken: tables.Taken) -> None:
        plugin, job = self._jobs[taken.name]
        if plugin != CORE and plugin not in await self._enabled(taken.tenant):
            await tables.postpone(self._database, taken, SWITCHED_OFF, "the plugin is off", uncounted=True)
            return
        try:
            envelope = await self._queue.opened(taken)
            await self._held(taken, job.run(envelope.context, envelope.data))
        except Exception as problem:  # noqa: BLE001  whatever a plugin raises puts its job back
            await self._failed(taken, job, problem)
        else:
            await tables.done(self._database, taken)

    async def _held(self, taken: tables.Taken, work: Awaitable[None]) -> None:
        """Await ``work`` and extend the lease as long as it takes."""
        keeping = spawn(self._keep(taken), "job-lease")
        try:
            await work
        finally:
            keeping.cancel()

    async def _keep(self, taken: tables.Taken) -> None:
        kept = True
        while kept:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                kept = await tables.extend(self._database, taken, LEASE)
            except XeniaError as problem:  # the database is away: the lease still runs for a while
                log.warning("lease_not_extended", job=taken.name, problem=repr(problem))

    async def _failed(self, taken: tables.Taken, job: Job, problem: Exception) -> None:
        reason = named(problem)
        log.warning("job_failed", job=taken.name, tenant=taken.tenant, attempt=taken.attempts, problem=reason)
        if taken.attempts >= job.attempts:
            await tables.bury(self._database, taken, reason)
        else:
            await tables.postpone(self._database, taken, backoff(taken.attempts), reason)

    # -- periodic jobs

    async def _take_periodic(self) -> None:
        if not self._periodic:
            return
        if not self._known:
            await tables.know_periodic(self._database, list(self._periodic))
            self._known = True
        every = [job.every or timedelta.max for job in self._periodic.values()]
        for name in await tables.take_periodic(self._database, list(self._periodic), every):
            self._begin(self.run_periodic(name), name)

    async def run_periodic(self, name: str) -> None:
        """Run one periodic job now. A failure is logged; its next time comes as usual."""
        try:
            await self._periodic[name].run(Context(tenant="", actor=system_actor(f"job:{name}")), {})
        except Exception as problem:  # noqa: BLE001  whatever a plugin raises must not end the worker
            log.error("periodic_job_failed", job=name, problem=named(problem))
