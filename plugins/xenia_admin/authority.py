"""What an administrator may, beyond the permission that the guard asked for.

Nobody gives more than they hold: neither by a role or by an application's scopes, nor by taking over somebody or something that holds more.
Nobody locks themselves out either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from xenia.api import SYSTEM_TENANT, Conflict, Forbidden, NotFound, Object, ScopeSet, User, UserStatus, text
from xenia_admin.desk import Desk


async def visible(desk: Desk) -> ScopeSet:
    """What the administrator may see of what the page lists. Raises ``Forbidden`` where that is nothing."""
    seen = await desk.host.access.visible(desk.context, desk.permission)
    if seen.is_empty:
        raise Forbidden(f"nothing to see under {desk.permission}")
    return seen


async def sees_all(desk: Desk) -> None:
    """Raise ``Forbidden`` unless the whole list may be seen."""
    if not (await visible(desk)).everything:
        raise Forbidden(f"not everything to see under {desk.permission}")


async def may(desk: Desk, kind: str, id_: object) -> None:
    """Raise ``Forbidden`` unless the administrator may do this to that very thing."""
    await desk.host.access.require(desk.context, desk.permission, Object(kind, str(id_)))


async def person(desk: Desk) -> User:
    """The user of the path, to be looked at. Raises ``NotFound``, alike for unknown ids and those of other tenants."""
    user_id = desk.id("user_id")
    await may(desk, "user", user_id)
    found = await desk.host.users.get(desk.context, user_id)
    if found is None:
        raise NotFound("no such user")
    return found


async def changeable(desk: Desk) -> User:
    """The user of the path, to be changed: one who holds nothing that the administrator lacks."""
    found = await person(desk)
    if found.status is UserStatus.ERASED:
        raise NotFound("the user was erased")
    await nothing_higher(desk, found.roles)
    return found


def not_oneself(desk: Desk, user_id: UUID) -> None:
    """Raise ``Conflict`` where administrators would lock themselves out."""
    if desk.tenant.id == SYSTEM_TENANT and user_id == desk.administrator.user.id:
        raise Conflict("an administrator against themselves", public=text("admin.not_oneself"))


async def nothing_higher(desk: Desk, roles: Iterable[str]) -> None:
    """Raise ``Forbidden`` where these roles allow what the administrator may not."""
    desk.check_chief()
    await desk.host.access.nothing_higher(desk.context, roles)


async def no_wider(desk: Desk, protocols: Mapping[str, Any]) -> None:
    """Raise ``Forbidden`` where an application's protocol parts name a permission (as a scope it may ask for) that the administrator lacks."""
    known = {permission.name for permission in desk.host.access.permissions()}
    await holds_all(desk, known.intersection(_words(protocols)))


async def holds_all(desk: Desk, permissions: Iterable[str]) -> None:
    """Raise ``Forbidden`` unless the administrator holds every one of them."""
    for permission in sorted(permissions):
        if not await desk.host.access.allows(desk.context, permission):
            raise Forbidden(f"the administrator lacks {permission}", public=text("error.higher"))


def _words(value: Any) -> Iterator[str]:
    """Every word of every text in a structure."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (name, *_words(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
