"""``xenia opening_hours show TENANT``."""

from __future__ import annotations

import sys

from xenia.api import Context, Operations, system_actor
from xenia_opening_hours.settings import HoursSettings


async def show(operations: Operations, tenant: str) -> int:
    """Say when people of a tenant may sign in."""
    async with operations.running() as host:
        settings = await host.config.get(Context(tenant=tenant, actor=system_actor("opening_hours")), HoursSettings)
    sys.stdout.write(f"{tenant}: {settings.opens} to {settings.closes} o'clock UTC\n")
    return 0
