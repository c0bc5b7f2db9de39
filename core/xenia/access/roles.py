"""Where roles are kept: on the user, and in the tenant's document."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from xenia.context import Context
from xenia.tenants.contracts import Tenants
from xenia.users.contracts import Users
from xenia.users.models import UserStatus


class StoredRoles:
    """Implements :class:`xenia.access.service.Roles`."""

    def __init__(self, users: Users, tenants: Tenants) -> None:
        self._users = users
        self._tenants = tenants

    async def of_user(self, tenant: str, user_id: UUID) -> tuple[str, ...]:
        """The roles of an active user; they act at the next request."""
        user = await self._users.get(Context(tenant=tenant), user_id)
        return user.roles if user and user.status is UserStatus.ACTIVE else ()

    async def of_tenant(self, tenant: str) -> Mapping[str, frozenset[str]]:
        """The tenant's roles and what each allows."""
        found = await self._tenants.get(tenant)
        return {name: frozenset(allowed) for name, allowed in found.roles.items()} if found else {}
