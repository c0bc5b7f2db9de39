"""The tenant itself."""

from __future__ import annotations

from xenia_api import schemas as wire
from xenia_api.authority import sees_all
from xenia_api.call import Call
from xenia_api.operations import Noun

tenant = Noun("tenant", "the tenant's title, address and plugins")


@tenant.get("/tenant")
async def get_tenant(call: Call) -> wire.Tenant:
    """Get the tenant whose API this is."""
    await sees_all(call)
    mine = call.tenant
    return wire.Tenant(
        id=mine.id, title=mine.title, issuer=mine.issuer, locale=mine.locale, plugins=tuple(sorted(mine.plugins))
    )
