"""The work beside the requests of a process: following configuration and revocations, sealing events, reacting to
them, jobs.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from xenia.errors import Unavailable
from xenia.events.dispatch import Dispatcher, Subscription
from xenia.events.sealer import EventSealer
from xenia.jobs.cleanup import cleanup_jobs
from xenia.jobs.worker import Registered, Worker
from xenia.plugin.registry import CORE
from xenia.sessions.jobs import session_jobs
from xenia.shared.service import shared_of
from xenia.tokens.jobs import token_jobs

if TYPE_CHECKING:
    from xenia.app import Kernel


class Background:
    """Starts and stops all of it, in order."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        registry = kernel.registry
        subscriptions = [Subscription(plugin, subscriber) for plugin, subscriber in registry.subscribers.owned()]
        self.dispatcher = Dispatcher(kernel.database, kernel.events, subscriptions, kernel.enabled, kernel.clock)
        self.sealer = EventSealer(kernel.database, kernel.keys, kernel.clock, self.dispatcher.wake)
        core = (
            *cleanup_jobs(kernel.database),
            *kernel.notify.jobs(),
            *session_jobs(kernel.sessions),
            *token_jobs(kernel.tokens, kernel.keys, kernel.tenants),
        )
        owned = [Registered(CORE, job) for job in core]
        jobs = [*owned, *(Registered(plugin, job) for plugin, job in registry.jobs.owned())]
        self.worker = Worker(kernel.database, kernel.jobs, jobs, kernel.enabled)
        self._tasks: list[asyncio.Task[None]] = []
        self.shared = shared_of(kernel.settings)
        self.shared.listen("configuration", kernel.cache.wake)
        self.shared.listen("revocations", kernel.revocations.wake)
        kernel.cache.tell = partial(self.shared.publish, "configuration")
        kernel.revocations.tell = partial(self.shared.publish, "revocations")

    async def start(self) -> None:
        """Begin everything. What requests rely on is looked at once before, where the database is there."""
        with suppress(Unavailable):
            await asyncio.gather(self._kernel.cache.poll(), self._kernel.revocations.poll())
        self._tasks = [asyncio.create_task(loop) for loop in (self._kernel.cache.run(), self._kernel.revocations.run())]
        await self.shared.start()
        self.sealer.start()
        self.dispatcher.start()
        self.worker.start()

    async def stop(self) -> None:
        """End everything: what is in work is finished first."""
        await self.shared.stop()
        await self.worker.stop()
        await self.dispatcher.stop()
        await self.sealer.stop()
        await self._kernel.writer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
