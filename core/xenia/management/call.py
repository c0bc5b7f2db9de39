"""One call of the management API: the host, the request, who calls, and what they may beyond the scope that the guard asked for.

An application that acts for itself may what its token's scope says. A person may no more than their roles allow, and nobody gives more than
they hold: neither by a role or by an application's scopes, nor by taking over somebody or something that holds more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from litestar.connection import Request

from xenia.access.models import ScopeSet
from xenia.context import SYSTEM_TENANT, Context
from xenia.errors import Forbidden, NotFound
from xenia.events.models import Object
from xenia.http.models import Caller
from xenia.http.state import context_of, state_of, tenant_of
from xenia.messages import text
from xenia.plugin.host import Host
from xenia.tenants.models import Tenant
from xenia.users.models import User, UserStatus


class Call(msgspec.Struct, frozen=True):
    """What every operation of the management API is given first. ``headers`` are those the answer will carry."""

    host: Host
    request: Request[Any, Any, Any]
    permission: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def context(self) -> Context:
        """The request's frame; its actor is the person or application that calls."""
        return context_of(self.request)

    @property
    def tenant(self) -> Tenant:
        """The tenant whose API is called."""
        return tenant_of(self.request)

    @property
    def caller(self) -> Caller:
        """Who calls, as the token says."""
        caller: Caller = state_of(self.request)["caller"]
        return caller

    # -- what the caller may see

    async def visible(self) -> ScopeSet:
        """What the caller may see of what is listed. Raises ``Forbidden`` where that is nothing."""
        if self.caller.user_id is None:
            return ScopeSet(everything=True)
        seen = await self.host.access.visible(self.context, self.permission)
        if seen.is_empty:
            raise Forbidden(f"nothing to see under {self.permission}")
        return seen

    async def sees_all(self) -> None:
        """Raise ``Forbidden`` unless the caller may see the whole list."""
        if not (await self.visible()).everything:
            raise Forbidden(f"not everything to see under {self.permission}")

    async def may(self, kind: str, id_: object) -> None:
        """Raise ``Forbidden`` unless the caller may do this to that very thing."""
        if self.caller.user_id is not None:
            await self.host.access.require(self.context, self.permission, Object(kind, str(id_)))

    # -- whom the caller may touch

    async def person(self, user_id: UUID) -> User:
        """A user of this tenant, to be read. Raises ``NotFound``, alike for unknown ids and those of other tenants."""
        await self.may("user", user_id)
        found = await self.host.users.get(self.context, user_id)
        if found is None:
            raise NotFound("no such user")
        return found

    async def changeable(self, user_id: UUID) -> User:
        """A user of this tenant, to be changed: one who holds nothing that the caller lacks. Raises ``NotFound`` or ``Forbidden``."""
        found = await self.person(user_id)
        if found.status is UserStatus.ERASED:
            raise NotFound("the user was erased")
        await self.nothing_higher(found.roles)
        return found

    async def nothing_higher(self, roles: Iterable[str]) -> None:
        """Raise ``Forbidden`` where these roles allow what the caller may not, and always where administrators live."""
        if self.tenant.id == SYSTEM_TENANT:
            raise Forbidden("administrators aren't changed by the API", public=text("error.administrators"))
        await self.holds_all({held for role in roles for held in self.tenant.roles.get(role, ())})

    # -- what the caller holds

    async def holds_all(self, permissions: Iterable[str]) -> None:
        """Raise ``Forbidden`` unless the caller holds every one of them."""
        for permission in sorted(permissions):
            if not await self.holds(permission):
                raise Forbidden(f"the caller lacks {permission}", public=text("error.higher"))

    async def holds(self, permission: str) -> bool:
        """Whether the caller's token holds a permission and the person behind it, if any, may use it."""
        if permission not in self.caller.scope:
            return False
        return self.caller.user_id is None or await self.host.access.allows(self.context, permission)
