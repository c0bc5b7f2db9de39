"""Decides by asking the hooks; the core's own answer is what the actor's roles say.

Roles are sets of permissions, named in the tenant's document. Administrators live in the tenant ``system``: the role
``admin`` allows everything in
every tenant, ``admin:acme`` in that one, and ``support:acme`` whatever the system tenant's role ``support`` allows,
in that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from xenia.access.models import ActionRequest, Permission, ScopeSet
from xenia.access.names import ADMIN_ROLE
from xenia.context import SYSTEM_TENANT, ActorKind, Context
from xenia.errors import Forbidden
from xenia.events.models import Object
from xenia.messages import text
from xenia.plugin.hooks import Hooks


class Roles(Protocol):
    """Where roles are kept."""

    async def of_user(self, tenant: str, user_id: UUID) -> tuple[str, ...]:
        """The roles of a live user."""
        ...

    async def of_tenant(self, tenant: str) -> Mapping[str, frozenset[str]]:
        """The tenant's roles and what each allows."""
        ...


class AccessService:
    """Implements :class:`xenia.access.contracts.Access`."""

    def __init__(self, hooks: Hooks, roles: Roles, permissions: Mapping[str, Permission]) -> None:
        self._hooks = hooks
        self._roles = roles
        self._permissions = permissions

    def permissions(self) -> tuple[Permission, ...]:
        """Every registered permission, by name."""
        return tuple(self._permissions[name] for name in sorted(self._permissions))

    async def allows(self, context: Context, permission: str, object: Object | None = None) -> bool:
        """Whether the actor may."""
        if permission not in self._permissions:
            return False
        if context.actor.kind is ActorKind.SYSTEM:
            return True
        action = ActionRequest(permission=permission, object=object)
        by_role = permission in await self._granted(context)
        return await self._hooks.authorize_action(context, action, by_role=by_role)

    async def require(self, context: Context, permission: str, object: Object | None = None) -> None:
        """Raise ``Forbidden`` unless the actor may."""
        if not await self.allows(context, permission, object):
            raise Forbidden(f"{context.actor.kind} {context.actor.id} may not {permission}")

    async def nothing_higher(self, context: Context, roles: Iterable[str]) -> None:
        """Raise ``Forbidden`` where these roles allow what the actor may not."""
        if context.tenant == SYSTEM_TENANT:
            held = await self._granted(context)
            if context.actor.kind is not ActorKind.SYSTEM and not held >= self._permissions.keys():
                raise Forbidden("only an administrator of everything", public=text("error.higher"))
            return
        allowed = await self._roles.of_tenant(context.tenant)
        for permission in sorted(frozenset().union(*(allowed.get(role, frozenset()) for role in roles))):
            if not await self.allows(context, permission):
                raise Forbidden(f"the actor lacks {permission}", public=text("error.higher"))

    async def visible(self, context: Context, permission: str) -> ScopeSet:
        """Everything for whom the roles allow it, and what hooks add."""
        if permission not in self._permissions:
            return ScopeSet()
        if context.actor.kind is ActorKind.SYSTEM or permission in await self._granted(context):
            return ScopeSet(everything=True)
        return await self._hooks.visible_to(context, permission)

    async def tenants_of(self, actor_roles: tuple[str, ...]) -> tuple[bool, frozenset[str]]:
        """Which tenants an administrator with these roles was given: all of them, or these."""
        named = frozenset(role.partition(":")[2] for role in actor_roles if ":" in role)
        return any(":" not in role for role in actor_roles), named

    async def _granted(self, context: Context) -> frozenset[str]:
        """The permissions that the actor's roles hold in the context's tenant."""
        if context.actor.kind is not ActorKind.USER:
            return frozenset()
        roles = await self._roles.of_user(context.actor.tenant, UUID(context.actor.id))
        if context.actor.tenant == SYSTEM_TENANT:
            return await self._administrator(roles, context.tenant)
        if context.actor.tenant != context.tenant:
            return frozenset()
        allowed = await self._roles.of_tenant(context.tenant)
        return frozenset().union(*(allowed.get(role, frozenset()) for role in roles))

    async def _administrator(self, roles: tuple[str, ...], tenant: str) -> frozenset[str]:
        allowed = await self._roles.of_tenant(SYSTEM_TENANT)
        held: set[str] = set()
        for role in roles:
            name, _, where = role.partition(":")
            if where in ("", tenant):
                held |= self._permissions.keys() if name == ADMIN_ROLE else allowed.get(name, frozenset())
        return frozenset(held)
