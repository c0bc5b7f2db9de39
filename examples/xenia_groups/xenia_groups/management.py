"""Groups in the management API."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from xenia.api import Answer, Call, Input, Noun
from xenia_groups.groups import Groups
from xenia_groups.settings import Name


class GroupList(Answer, frozen=True, kw_only=True):
    """The groups that a person is in, by name."""

    items: tuple[str, ...]


class NewGroups(Input, frozen=True, kw_only=True):
    """The groups that a person shall be in."""

    groups: Annotated[tuple[Name, ...], Meta(max_length=100)]


groups = Noun("groups", "who is in which group", (GroupList(items=("finance",)), NewGroups(groups=("finance",))))


@groups.get("/users/{user_id}/groups")
async def list_groups(call: Call, user_id: UUID) -> GroupList:
    """List a person's groups."""
    await call.person(user_id)
    return GroupList(items=await Groups(call.host).of(call.context, user_id))


@groups.put("/users/{user_id}/groups")
async def replace_groups(call: Call, user_id: UUID, body: NewGroups) -> GroupList:
    """Replace a person's groups."""
    await call.changeable(user_id)
    await Groups(call.host).put(call.context, user_id, body.groups)
    return GroupList(items=await Groups(call.host).of(call.context, user_id))


@groups.delete("/users/{user_id}/groups")
async def remove_groups(call: Call, user_id: UUID) -> None:
    """Take a person out of every group."""
    await call.changeable(user_id)
    await Groups(call.host).put(call.context, user_id, ())
