"""What others may ask of tenants and settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec

from xenia.context import Context
from xenia.tenants.models import Tenant

S = TypeVar("S", bound=msgspec.Struct)


class Tenants(Protocol):
    """The tenants of this installation, from a cache that follows the version table."""

    async def get(self, tenant_id: str) -> Tenant | None:
        """The tenant, or ``None``."""
        ...

    async def by_host(self, host: str) -> Tenant | None:
        """The tenant that ``host`` (lower case, without port) belongs to."""
        ...

    async def all(self) -> tuple[Tenant, ...]:
        """Every tenant, by id. For commands and the console, never per request."""
        ...

    async def change(
        self, context: Context, tenant_id: str, *, title: str | None = None, hosts: Sequence[str] | None = None
    ) -> Tenant:
        """Change what is given and leave the rest; the issuer never changes. Raises ``NotFound``, ``Invalid`` by field,
        or ``Conflict`` for a host of another tenant.
        """
        ...

    async def switch_on(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Switch a plugin on, with what it requires; of several who switch at once, all get what they want.

        Raises ``NotFound``, or ``Invalid`` where the plugin isn't installed or conflicts with one that is on.
        """
        ...

    async def switch_off(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Switch a plugin off; its data stay. Raises ``NotFound``, or ``Conflict`` where one that is on requires it."""
        ...


class SettingsStore(Protocol):
    """The settings of a plugin (or of the core) for one context, validated and cached."""

    async def get(self, context: Context, kind: type[S]) -> S:
        """The settings of the plugin whose manifest names ``kind``; its defaults where nothing is stored."""
        ...

    async def put(
        self, context: Context, kind: type[S], value: S, *, managed_by: str = "console", instead_of: S | None = None
    ) -> None:
        """Store them: the event is written in the same transaction, every process follows within a second.

        A blank secret keeps the one that is stored; where its destination changes (an address beside or above it) it must be
        given again. ``managed_by`` names who made them: ``console``, ``file``, ``api``. ``instead_of`` is what they were made
        from: raises ``Conflict`` where something else is stored by now. Raises ``Invalid`` by field.
        """
        ...
