"""What people let applications do."""

from __future__ import annotations

from uuid import UUID

from xenia.api import Call, Noun
from xenia_api import schemas as wire

grants = Noun("grants", "what people let applications do")


@grants.get("/users/{user_id}/grants")
async def list_grants(call: Call, user_id: UUID) -> wire.GrantList:
    """List a person's live grants."""
    await call.person(user_id)
    found = await call.host.grants.of_user(call.context, user_id)
    return wire.GrantList(items=tuple(wire.Grant.like(grant) for grant in found))
