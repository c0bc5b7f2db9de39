"""What happens while nobody looks: the last notice, the mail with a name, and old requests forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from xenia.api import Context, Host, Job
from xenia_recovery import names, tables
from xenia_recovery.names import Names
from xenia_recovery.service import REMIND, Requests


def jobs(host: Host) -> Sequence[Job]:
    """All of them."""
    return (
        Job(name=REMIND, run=Requests(host).remind),
        Job(name=names.JOB, run=Names(host).send),
        _forget_old(host),
    )


def _forget_old(host: Host) -> Job:
    """Once a day, tenant by tenant."""

    async def run(context: Context, _data: dict[str, Any]) -> None:
        for tenant in await host.tenants.all():
            async with host.store(msgspec.structs.replace(context, tenant=tenant.id)) as store:
                await store.execute(tables.FORGET_OLD, tenant.id)

    return Job(name="recovery.forget_old", run=run, every=timedelta(days=1))
