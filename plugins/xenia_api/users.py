"""People: found, created, changed, erased."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET

from xenia.api import (
    BadRequest,
    Call,
    Conflict,
    Forbidden,
    Invalid,
    NewIdentifier,
    NewUser,
    NotFound,
    Noun,
    UserQuery,
    UserStatus,
    cursor,
    text,
)
from xenia_api import schemas as wire

users = Noun("users", "people, their identifiers and attributes")
ROLES = "xenia:roles:write"


@users.get("/users")
async def list_users(call: Call, query: wire.UserQuery) -> wire.UserList:
    """List people, newest first: those that the caller may see."""
    seen = await call.visible()
    wanted = UserQuery(
        among=None if seen.everything else seen.users,
        search=query.search,
        status=query.status,
        after=query.place,
        limit=query.limit,
    )
    page = await call.host.users.list(call.context, wanted)
    return wire.UserList(items=tuple(wire.User.of(user) for user in page.users), next=cursor(page.next))


@users.post("/users", 409)
async def create_user(call: Call, body: wire.NewUser) -> wire.User:
    """Create a person. Giving roles asks for `xenia:roles:write` too, and for all that the roles allow."""
    await _may_give(call, body.roles)
    new = NewUser(
        identifiers=tuple(_identifier(one) for one in body.identifiers),
        attributes=body.attributes,
        roles=body.roles,
        locale=body.locale,
    )
    if problems := await call.host.hooks.validate_user(call.context, new):
        raise Invalid(problems)
    user = await call.host.users.create(call.context, new)
    call.headers["Location"] = await call.host.url(call.context, f"/api/v1/users/{user.id}")
    return wire.User.of(user)


@users.get("/users/{user_id}")
async def get_user(call: Call, user_id: UUID) -> wire.User:
    """Get one person."""
    return wire.User.of(await call.person(user_id))


@users.patch("/users/{user_id}")
async def change_user(call: Call, user_id: UUID, body: wire.UserChanges) -> wire.User:
    """Change a person: attributes, status, roles, language. All of it or, where something is refused, nothing."""
    if body.id not in (UNSET, user_id):
        raise BadRequest("the body names another user than the path")
    await call.changeable(user_id)
    if body.roles is not UNSET:
        await _may_give(call, body.roles, always=True)
    async with call.host.transaction():
        await _change(call, user_id, body)
    return wire.User.of(await call.person(user_id))


@users.delete("/users/{user_id}", 409)
async def erase_user(call: Call, user_id: UUID) -> None:
    """Erase a person: sessions and grants end, identifiers and attributes go, what the events tell of them becomes unreadable."""
    user = await call.changeable(user_id)
    if reason := await call.host.hooks.before_erase(call.context, user):
        raise Conflict("a plugin keeps this person", public=reason)
    if not await call.host.users.erase(call.context, user_id):
        raise NotFound("no such user")


@users.post("/users/{user_id}/identifiers", 409)
async def add_identifier(call: Call, user_id: UUID, body: wire.NewIdentifier) -> wire.User:
    """Add an identifier."""
    await call.changeable(user_id)
    return wire.User.of(await call.host.users.add_identifier(call.context, user_id, _identifier(body)))


@users.delete("/users/{user_id}/identifiers", 409)
async def remove_identifier(call: Call, user_id: UUID, query: wire.IdentifierQuery) -> None:
    """Remove an identifier. The last one stays."""
    await call.changeable(user_id)
    if not await call.host.users.remove_identifier(call.context, user_id, query.kind, query.value):
        raise NotFound("no such identifier")


async def _change(call: Call, user_id: UUID, body: wire.UserChanges) -> None:
    service, context = call.host.users, call.context
    if body.attributes is not UNSET:
        await service.set_attributes(context, user_id, body.attributes)
    if body.locale is not UNSET:
        await service.set_locale(context, user_id, body.locale)
    if body.roles is not UNSET:
        await service.set_roles(context, user_id, body.roles)
    if body.status is not UNSET:
        await service.set_status(context, user_id, UserStatus(body.status))


async def _may_give(call: Call, roles: tuple[str, ...], *, always: bool = False) -> None:
    """Raise ``Forbidden`` where the caller may not give these roles."""
    if (roles or always) and not await call.holds(ROLES):
        raise Forbidden(f"the caller lacks {ROLES}", public=text("api.roles"))
    await call.nothing_higher(roles)


def _identifier(one: wire.NewIdentifier) -> NewIdentifier:
    return NewIdentifier(kind=one.kind, value=one.value, verified=one.verified)
