"""The periodic work of tokens and keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xenia.context import Context, system_actor
from xenia.jobs.models import Job
from xenia.tenants.contracts import Tenants
from xenia.tokens.keys import KeyService
from xenia.tokens.service import TokenService


def token_jobs(tokens: TokenService, keys: KeyService, tenants: Tenants) -> tuple[Job, ...]:
    """Keys are published, rotated and destroyed in time; refresh families that are over are deleted."""

    async def maintain(_context: Context, _data: dict[str, Any]) -> None:
        for tenant in await tenants.all():
            await keys.maintain(Context(tenant=tenant.id, actor=system_actor("keys")))

    async def sweep(_context: Context, _data: dict[str, Any]) -> None:
        while await tokens.sweep():
            pass

    return (
        Job(name="core.keys", run=maintain, every=timedelta(hours=1)),
        Job(name="core.refresh_tokens", run=sweep, every=timedelta(minutes=10)),
    )
