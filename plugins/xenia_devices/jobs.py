"""Devices that nobody used for more than a year are forgotten: their cookie is gone by then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from xenia.api import Context, Host, Job
from xenia_devices import tables


def forget_old(host: Host) -> Job:
    """Once a day, tenant by tenant."""

    async def run(context: Context, _data: dict[str, Any]) -> None:
        for tenant in await host.tenants.all():
            await host.tables(msgspec.structs.replace(context, tenant=tenant.id)).execute(tables.FORGET_OLD, tenant.id)

    return Job(name="devices.forget_old", run=run, every=timedelta(days=1))
