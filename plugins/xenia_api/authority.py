"""What a caller may, beyond the scope that the guard asked for.

An application that acts for itself may what its token's scope says. A person may no more than their roles allow, and nobody gives more than
they hold: neither by a role or by an application's scopes, nor by taking over somebody or something that holds more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from xenia.api import SYSTEM_TENANT, Forbidden, NotFound, Object, ScopeSet, User, UserStatus, text
from xenia_api.call import Call


async def visible(call: Call) -> ScopeSet:
    """What the caller may see of what is listed. Raises ``Forbidden`` where that is nothing."""
    if call.caller.user_id is None:
        return ScopeSet(everything=True)
    seen = await call.host.access.visible(call.context, call.permission)
    if seen.is_empty:
        raise Forbidden(f"nothing to see under {call.permission}")
    return seen


async def sees_all(call: Call) -> None:
    """Raise ``Forbidden`` unless the caller may see the whole list."""
    if not (await visible(call)).everything:
        raise Forbidden(f"not everything to see under {call.permission}")


async def may(call: Call, kind: str, id_: object) -> None:
    """Raise ``Forbidden`` unless the caller may do this to that very thing."""
    if call.caller.user_id is not None:
        await call.host.access.require(call.context, call.permission, Object(kind, str(id_)))


async def person(call: Call, user_id: UUID) -> User:
    """A user of this tenant, to be read. Raises ``NotFound``, alike for unknown ids and those of other tenants."""
    await may(call, "user", user_id)
    found = await call.host.users.get(call.context, user_id)
    if found is None:
        raise NotFound("no such user")
    return found


async def changeable(call: Call, user_id: UUID) -> User:
    """A user of this tenant, to be changed: one who holds nothing that the caller lacks."""
    found = await person(call, user_id)
    if found.status is UserStatus.ERASED:
        raise NotFound("the user was erased")
    await nothing_higher(call, found.roles)
    return found


async def nothing_higher(call: Call, roles: Iterable[str]) -> None:
    """Raise ``Forbidden`` where these roles allow what the caller may not, and always where administrators live."""
    if call.tenant.id == SYSTEM_TENANT:
        raise Forbidden("administrators aren't changed by the API", public=text("api.administrators"))
    await holds_all(call, {held for role in roles for held in call.tenant.roles.get(role, ())})


async def no_wider(call: Call, protocols: Any) -> None:
    """Raise ``Forbidden`` where an application's protocol parts name a permission (as a scope it may ask for) that the caller lacks."""
    known = {permission.name for permission in call.host.access.permissions()}
    await holds_all(call, known.intersection(_words(protocols)))


async def holds_all(call: Call, permissions: Iterable[str]) -> None:
    """Raise ``Forbidden`` unless the caller holds every one of them."""
    for permission in sorted(permissions):
        if not await holds(call, permission):
            raise Forbidden(f"the caller lacks {permission}", public=text("api.higher"))


async def holds(call: Call, permission: str) -> bool:
    """Whether the caller's token holds a permission and the person behind it, if any, may use it."""
    if permission not in call.caller.scope:
        return False
    return call.caller.user_id is None or await call.host.access.allows(call.context, permission)


def _words(value: Any) -> Iterator[str]:
    """Every word in a plain object, names of fields too: whichever way a protocol writes a scope, it is found."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, dict):
        yield from (word for pair in value.items() for inner in pair for word in _words(inner))
    elif isinstance(value, list | tuple):
        yield from (word for inner in value for word in _words(inner))
