"""The queue: work that is queued in the transaction of the change that asks for it, and done after its commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from xenia.context import NOWHERE, Context, system_actor
from xenia.db import Database
from xenia.ids import new_id
from xenia.jobs import tables
from xenia.jobs.contracts import Jobs

PURPOSE = "job"
_NOW = timedelta(0)


class Sealing(Protocol):
    """Seals what waits, under the tenant's data key."""

    async def seal(self, context: Context, purpose: str, row: str, plaintext: bytes) -> bytes:
        """Seal for one purpose and row."""
        ...

    async def open(self, context: Context, purpose: str, row: str, sealed: bytes) -> bytes:
        """Open. Raises ``SealError``."""
        ...


class Envelope(msgspec.Struct, frozen=True):
    """What is sealed: the context that asked, without where its request came from, and the job's own data."""

    context: Context
    data: dict[str, Any]


class JobQueue:
    """Queues jobs. ``wake`` is called after the commit, so that the worker of this process begins at once."""

    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing
        self.wake: Callable[[], None] = lambda: None

    async def enqueue(
        self, context: Context, name: str, data: dict[str, Any], *, delay: timedelta | None = None, key: str = ""
    ) -> None:
        """Queue work in the running transaction. With ``key``, a job of that name and key that still waits is not queued twice."""
        id_ = new_id()
        plain = msgspec.json.encode(Envelope(msgspec.structs.replace(context, source=NOWHERE), data))
        sealed = await self._sealing.seal(context, PURPOSE, str(id_), plain)
        await tables.insert(self._database, context.tenant, id_, name, key, sealed, delay or _NOW)
        if not delay:
            self._database.after_commit(lambda: self.wake())

    async def opened(self, job: tables.Taken) -> Envelope:
        """What was queued, in the context of the system acting for whoever asked. Raises ``SealError``."""
        plain = await self._sealing.open(Context(tenant=job.tenant), PURPOSE, str(job.id), job.data)
        envelope = msgspec.json.decode(plain, type=Envelope)
        actor = msgspec.structs.replace(system_actor(f"job:{job.name}"), on_behalf_of=envelope.context.actor)
        return Envelope(envelope.context.acting(actor), envelope.data)


if TYPE_CHECKING:
    _: type[Jobs] = JobQueue
