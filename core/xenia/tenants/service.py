"""Tenants: made and changed by administrators and documents, asked for by every request.

Statements: ``get`` and ``by_host`` none while cached, 1 each otherwise; ``create`` 3 and one per host; ``change`` 4 and
one per host that comes or goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Conflict, Invalid, NotFound
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.messages import Text, text
from xenia.plugin.manifest import Manifest, closed
from xenia.tenants import events as types
from xenia.tenants import tables
from xenia.tenants.models import HostPurpose, NewTenant, Tenant, TenantStatus

THING = "tenant"
ID = re.compile(r"[a-z][a-z0-9-]{0,31}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


class TenantService:
    """The tenants of this installation. ``public_url`` is the address under which tenants without a host of their own
    are served.
    """

    def __init__(
        self,
        database: Database,
        cache: ConfigCache,
        events: Events,
        manifests: Sequence[Manifest],
        *,
        public_url: str = "http://localhost:8000",
    ) -> None:
        self._database = database
        self._cache = cache
        self._events = events
        self._manifests = {manifest.name: manifest for manifest in manifests}
        self._public_url = public_url
        self.always_on = frozenset(manifest.name for manifest in manifests if manifest.always_on)

    # -- asking

    async def get(self, tenant_id: str) -> Tenant | None:
        """The tenant, or ``None``."""
        if not ID.fullmatch(tenant_id):
            return None
        return await self._cache.get(tenant_id, THING, lambda: self._read(tenant_id))

    async def by_host(self, host: str) -> Tenant | None:
        """The tenant that ``host`` (lower case, without port) belongs to."""
        if not _HOST.fullmatch(host):
            return None
        tenant_id = await self._cache.get("", f"host:{host}", lambda: self._database.fetchval(tables.BY_HOST, host))
        return await self.get(tenant_id) if tenant_id else None

    async def all(self) -> tuple[Tenant, ...]:
        """Every tenant, by id. For commands and the console, never per request."""
        return tuple(self._installed(tables.tenant_from(row)) for row in await self._database.fetch(tables.ALL))

    async def _read(self, tenant_id: str) -> Tenant | None:
        row = await self._database.fetchrow(tables.GET, tenant_id)
        return self._installed(tables.tenant_from(row)) if row else None

    def _installed(self, tenant: Tenant) -> Tenant:
        """The tenant as this process can serve it: a plugin that was uninstalled is off, and what serves everybody is
        on.
        """
        on = (tenant.plugins & self._manifests.keys()) | self.always_on
        while lacking := {name for name in on if not set(self._manifests[name].requires) <= on}:
            on -= lacking
        return msgspec.structs.replace(tenant, plugins=frozenset(on))

    # -- changing

    async def create(self, context: Context, new: NewTenant) -> Tenant:
        """Create a tenant. Raises ``Invalid`` by field, ``Conflict`` where its id, issuer or a host is taken."""
        self._check(new)
        plugins = self.closed(new.plugins)
        issuer = (new.issuer or self.issuer_for(new)).rstrip("/")
        roles, attributes = tables.as_json(new.roles), tables.as_json(new.attributes)
        async with self._database.transaction():
            values = (new.id, new.title, issuer, sorted(plugins), new.locale, roles, attributes)
            if not await self._database.changed(tables.INSERT, *values):
                raise Conflict(f"the tenant {new.id}, or one with its issuer, exists")
            await self._add_hosts(new.id, new.hosts)
            return await self._changed(context, new.id, types.CREATED, {"issuer": issuer, "plugins": sorted(plugins)})

    def issuer_for(self, new: NewTenant) -> str:
        """The issuer of a tenant that names none: its first host, else a path below the public address."""
        if new.hosts:
            return f"https://{new.hosts[0]}"
        return f"{self._public_url}/t/{new.id}"

    async def change(
        self,
        context: Context,
        tenant_id: str,
        *,
        title: str | None = None,
        locale: str | None = None,
        hosts: Sequence[str] | None = None,
        plugins: frozenset[str] | None = None,
        roles: dict[str, tuple[str, ...]] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Tenant:
        """Change what is given and leave the rest. Raises ``NotFound``, ``Invalid`` by field, or ``Conflict`` for a
        host of another tenant.
        """
        given = {"title": title, "locale": locale, "roles": roles, "attributes": attributes}
        wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if hosts is not None:
            wanted["hosts"] = tuple(sorted(hosts))
        if plugins is not None:
            wanted["plugins"] = self.closed(plugins)
        async with self._database.transaction():
            old = await self._locked(tenant_id)
            new = msgspec.structs.replace(old, **wanted)
            self._check(new)
            fields = sorted(name for name in wanted if getattr(new, name) != getattr(old, name))
            if not fields:
                return self._installed(old)
            await self._write(new)
            await self._set_hosts(old, new.hosts)
            return await self._changed(context, tenant_id, types.CHANGED, {"fields": fields})

    async def switch_on(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Switch a plugin on, with what it requires. Raises ``NotFound``, or ``Invalid`` where the plugin isn't installed or
        conflicts with one that is on.
        """
        async with self._database.transaction():
            old = await self._locked(tenant_id)
            return await self._switched(context, old, self.closed(self._installed(old).plugins | {plugin}))

    async def switch_off(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Switch a plugin off; its data stay. Raises ``NotFound``, or ``Conflict`` where one that is on requires it."""
        async with self._database.transaction():
            old = await self._locked(tenant_id)
            on = self._installed(old).plugins
            if needing := sorted(name for name in on if plugin in self._manifests[name].requires):
                others = ", ".join(needing)
                raise Conflict(f"{plugin} is required by {others}", public=text("tenant.plugin_needed", others=others))
            return await self._switched(context, old, self.closed(on - {plugin}))

    async def _switched(self, context: Context, old: Tenant, wanted: frozenset[str]) -> Tenant:
        """Store what is on now. The name of a plugin that isn't installed here stays as it was."""
        before = self._installed(old).plugins
        if wanted == before:
            return self._installed(old)
        await self._write(msgspec.structs.replace(old, plugins=wanted | (old.plugins - self._manifests.keys())))
        switched = {"on": sorted(wanted - before), "off": sorted(before - wanted)}
        return await self._changed(context, old.id, types.CHANGED, {"fields": ["plugins"], **switched})

    async def suspend(self, context: Context, tenant_id: str) -> Tenant:
        """Serve nothing of the tenant until it is resumed."""
        return await self._set_status(context, tenant_id, TenantStatus.SUSPENDED, types.SUSPENDED)

    async def resume(self, context: Context, tenant_id: str) -> Tenant:
        """Serve a suspended tenant again."""
        return await self._set_status(context, tenant_id, TenantStatus.ACTIVE, types.RESUMED)

    async def _set_status(self, context: Context, tenant_id: str, status: TenantStatus, event: str) -> Tenant:
        async with self._database.transaction():
            old = await self._locked(tenant_id)
            if not await self._database.changed(tables.SET_STATUS, tenant_id, status.value):
                return self._installed(old)
            return await self._changed(context, tenant_id, event, {})

    async def _locked(self, tenant_id: str) -> Tenant:
        """The tenant as stored, held until the transaction ends."""
        await self._database.execute(tables.LOCK, tenant_id)
        row = await self._database.fetchrow(tables.GET, tenant_id)
        if row is None:
            raise NotFound(f"no tenant {tenant_id!r}")
        return tables.tenant_from(row)

    async def _write(self, new: Tenant) -> None:
        roles, attributes = tables.as_json(new.roles), tables.as_json(new.attributes)
        await self._database.execute(
            tables.UPDATE, new.id, new.title, sorted(new.plugins), new.locale, roles, attributes
        )

    async def _set_hosts(self, old: Tenant, hosts: Iterable[str]) -> None:
        wanted = set(hosts)
        for host in sorted(set(old.hosts) - wanted):
            await self._database.execute(tables.REMOVE_HOST, host, old.id)
            await self._cache.bump("", f"host:{host}")
        await self._add_hosts(old.id, sorted(wanted - set(old.hosts)))

    async def _add_hosts(self, tenant_id: str, hosts: Iterable[str]) -> None:
        for host in hosts:
            if not await self._database.changed(tables.ADD_HOST, host, tenant_id, HostPurpose.ISSUER.value):
                raise Conflict(f"the host {host} belongs to a tenant already")
            await self._cache.bump("", f"host:{host}")

    async def _changed(self, context: Context, tenant_id: str, event: str, data: dict[str, Any]) -> Tenant:
        """Follow up a change: the version, the event in the tenant's own log, and the tenant as it is now."""
        await self._cache.bump(tenant_id, THING)
        own = msgspec.structs.replace(context, tenant=tenant_id)
        await self._events.record(own, NewEvent(type=event, object=Object("tenant", tenant_id), data=data))
        changed = await self._read(tenant_id)
        assert changed is not None  # noqa: S101  the row is held by this transaction
        return changed

    # -- checking

    def closed(self, plugins: frozenset[str]) -> frozenset[str]:
        """The plugins that are on when these are. Raises ``Invalid`` for one that isn't installed, and for two that
        conflict.
        """
        try:
            return closed(plugins, self._manifests.values())
        except ValueError as problem:
            raise Invalid({"plugins": text("tenant.plugins", problem=str(problem))}) from problem

    def _check(self, tenant: NewTenant | Tenant) -> None:
        if problems := dict(_problems(tenant)):
            raise Invalid(problems)


def _problems(tenant: NewTenant | Tenant) -> Iterable[tuple[str, Text]]:
    if not ID.fullmatch(tenant.id):
        yield "id", text("tenant.id")
    if not 0 < len(tenant.title.strip()) <= 200 or not tenant.title.isprintable():
        yield "title", text("tenant.title")
    if tenant.issuer and urlsplit(tenant.issuer).scheme not in ("https", "http"):
        yield "issuer", text("tenant.issuer")
    if any(not _HOST.fullmatch(host) for host in tenant.hosts):
        yield "hosts", text("tenant.hosts")


if TYPE_CHECKING:
    from xenia.tenants.contracts import Tenants

    _tenants: type[Tenants] = TenantService
