"""The sealer: gives committed events their positions, and signs what it gave.

An event's transaction may commit after that of a later event, so no order is known while it runs. The sealer takes only events whose transaction is
older than every one still running, in the order (transaction, id); nothing can appear before them any more. Positions, Merkle root, chain and
signature are written in one transaction, so that a crash leaves either all of a batch or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Protocol
from uuid import UUID

import msgspec

from xenia.clock import Clock
from xenia.context import Context, system_actor
from xenia.db import Database, Row
from xenia.events import canonical, tables
from xenia.events.models import Batch
from xenia.jobs.loop import Loop

PAUSE = 0.5
MOST = 5_000


class AuditKeys(Protocol):
    """Who signs batches: the tenant's own audit key (Ed25519)."""

    async def sign_bytes(self, context: Context, *, use: str, data: bytes) -> tuple[str, bytes]:
        """The key's id and its signature over ``data``."""
        ...


class EventSealer:
    """Seals in the background of each process; of many, one works at a time. ``sealed`` is told of the tenants that have new positions."""

    def __init__(
        self,
        database: Database,
        keys: AuditKeys,
        clock: Clock,
        sealed: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._sealed = sealed
        self._loop = Loop("event-sealer", self._round, pause=PAUSE, slowest=5.0)

    def start(self) -> None:
        """Seal every half second from now on."""
        self._loop.start()

    async def stop(self) -> None:
        """Finish the batch in work and end."""
        await self._loop.stop()

    async def _round(self) -> bool:
        return await self.seal() == MOST

    async def seal(self) -> int:
        """Seal what can be sealed now, at most :data:`MOST` events; how many. 0 also where another process is at it."""
        async with self._database.transaction():
            if not await tables.try_sealing(self._database):
                return 0
            waiting = await tables.unsealed(self._database, MOST)
            tenants = await self._seal(waiting.rows)
            if waiting.below:
                await tables.mark(self._database, waiting.below)
        if tenants:
            self._sealed(tenants)
        return len(waiting.rows)

    async def _seal(self, rows: Sequence[Row]) -> list[str]:
        by_tenant = {tenant: list(group) for tenant, group in groupby(sorted(rows, key=_tenant), key=_tenant)}
        last = await tables.last_batches(self._database, list(by_tenant)) if by_tenant else {}
        for tenant, events in by_tenant.items():
            await self._seal_tenant(tenant, events, last.get(tenant))
        return list(by_tenant)

    async def _seal_tenant(self, tenant: str, rows: Sequence[Row], last: Batch | None) -> None:
        leaves = [canonical.leaf(canonical.texts_of(row)) for row in rows]
        batch = next_batch(tenant, leaves, last, self._clock.now())
        kid, signature = await self._keys.sign_bytes(
            Context(tenant=tenant, actor=system_actor("sealer")), use="audit", data=canonical.SIGNED + batch.hash
        )
        await tables.insert_batch(
            self._database, msgspec.structs.replace(batch, kid=kid, signature=signature), _ids(rows), leaves
        )


def next_batch(tenant: str, leaves: Sequence[bytes], last: Batch | None, at: datetime) -> Batch:
    """The batch after ``last`` over ``leaves``, hashed and not yet signed."""
    first = last.last_position + 1 if last else 1
    batch = Batch(
        tenant=tenant,
        number=last.number + 1 if last else 1,
        first_position=first,
        last_position=first + len(leaves) - 1,
        root=canonical.root(leaves),
        previous=last.hash if last else canonical.GENESIS,
        at=at,
    )
    return msgspec.structs.replace(batch, hash=canonical.batch_hash(batch))


def _tenant(row: Row) -> str:
    return str(row["tenant_id"])


def _ids(rows: Iterable[Row]) -> list[UUID]:
    return [row["id"] for row in rows]
