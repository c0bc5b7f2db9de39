"""Attacks that went quiet end, and old counts are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from xenia.api import Context, Host, Job
from xenia_protection import tables
from xenia_protection.disowning import JOB, Disowning
from xenia_protection.watch import Watch

_FORGET = (tables.FORGET_MINUTES, tables.FORGET_ACCOUNTS, tables.FORGET_BLOCKS, tables.FORGET_ATTACKS)


def jobs(host: Host) -> Sequence[Job]:
    """All of them."""
    watch = Watch(host)

    async def end_quiet(context: Context, _data: dict[str, Any]) -> None:
        for tenant in await host.tenants.all():
            if tenant.has("protection"):
                await watch.end_quiet(msgspec.structs.replace(context, tenant=tenant.id))

    async def forget(context: Context, _data: dict[str, Any]) -> None:
        for tenant in await host.tenants.all():
            async with host.store(msgspec.structs.replace(context, tenant=tenant.id)) as store:
                for statement in _FORGET:
                    await store.execute(statement, tenant.id)

    return (
        Job(name="protection.end_quiet", run=end_quiet, every=timedelta(minutes=1)),
        Job(name="protection.forget", run=forget, every=timedelta(hours=1)),
        Job(name=JOB, run=Disowning(host).send_recovery),
    )
