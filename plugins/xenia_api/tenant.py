"""The tenant itself."""

from __future__ import annotations

from xenia.api import Call, Noun
from xenia_api import schemas as wire

tenant = Noun("tenant", "the tenant's title, address and plugins")


@tenant.get("/tenant")
async def get_tenant(call: Call) -> wire.Tenant:
    """Get the tenant whose API this is."""
    await call.sees_all()
    mine = call.tenant
    return wire.Tenant(
        id=mine.id, title=mine.title, issuer=mine.issuer, locale=mine.locale, plugins=tuple(sorted(mine.plugins))
    )
