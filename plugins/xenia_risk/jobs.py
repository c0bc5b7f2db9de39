"""What is older than the tenant keeps it is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from xenia.api import Context, Host, Job
from xenia_risk import tables
from xenia_risk.settings import RiskSettings


def forget_old(host: Host) -> Job:
    """Once a day, tenant by tenant."""

    async def run(context: Context, _data: dict[str, Any]) -> None:
        for tenant in await host.tenants.all():
            own = msgspec.structs.replace(context, tenant=tenant.id)
            days = (await host.config.get(own, RiskSettings)).keep_days
            async with host.store(own) as store:
                await store.execute(tables.FORGET_PAST, tenant.id, days)
                await store.execute(tables.FORGET_DECISIONS, tenant.id, days)

    return Job(name="risk.forget_old", run=run, every=timedelta(days=1))
