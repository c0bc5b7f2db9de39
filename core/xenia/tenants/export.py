"""A tenant as its document: everything that a file may manage, secrets as references to the environment. People are not
configuration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from xenia.applications.models import Application
from xenia.context import Context
from xenia.errors import NotFound
from xenia.settings_values import Secret
from xenia.tenants.document import SECRET
from xenia.tenants.models import NewTenant, Tenant
from xenia.tenants.service import TenantService
from xenia.tenants.settings import CORE_KINDS, SettingsService
from xenia.tenants.toml import dump

if TYPE_CHECKING:
    from xenia.applications.service import ApplicationService

_PAGE = 200


class Exporter:
    """Writes tenants of one installation."""

    def __init__(self, tenants: TenantService, settings: SettingsService, applications: ApplicationService) -> None:
        self._tenants = tenants
        self._settings = settings
        self._applications = applications

    async def export(self, context: Context, tenant: Tenant) -> str:
        """The document as TOML."""
        document: dict[str, Any] = {"tenant": self._tenant(tenant), **await self._sections(context, tenant)}
        document["roles"] = {name: {"permissions": list(held)} for name, held in sorted(tenant.roles.items())}
        document["attributes"] = {name: _named(one) for name, one in sorted(tenant.attributes.items())}
        document["applications"] = await self._all_applications(context)
        return dump({name: part for name, part in document.items() if part})

    async def application(self, context: Context, application_id: str) -> str:
        """The part of one application as TOML. Raises ``NotFound``."""
        one = await self._applications.get(context, application_id)
        if one is None:
            raise NotFound(f"no application {application_id}")
        return dump({"applications": [await self._application(context, one)]})

    def _tenant(self, tenant: Tenant) -> dict[str, Any]:
        part: dict[str, Any] = {"id": tenant.id, "title": tenant.title, "locale": tenant.locale}
        if tenant.issuer != self._tenants.issuer_for(NewTenant(id=tenant.id, title="", hosts=tenant.hosts)):
            part["issuer"] = tenant.issuer
        return {**part, "hosts": list(tenant.hosts), "plugins": sorted(tenant.plugins - self._tenants.always_on)}

    async def _sections(self, context: Context, tenant: Tenant) -> dict[str, Any]:
        stored, core = set(await self._settings.stored(tenant.id)), set(CORE_KINDS.values())
        found: dict[str, Any] = {name: {} for name in ("sign_in", "sessions") if name in stored}
        plugins: dict[str, Any] = {}
        for kind, name in sorted(self._settings.kinds.items(), key=lambda pair: pair[1]):
            if name in stored:
                place = found if name in core else plugins
                place[name] = _references(_named(await self._settings.get(context, kind)), _variable(tenant.id, name))
        return {**found, "plugins": plugins}

    async def _all_applications(self, context: Context) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        while page := await self._applications.list(context, after=after, limit=_PAGE):
            found += [await self._application(context, one) for one in page]
            after = page[-1].id
        return found

    async def _application(self, context: Context, one: Application) -> dict[str, Any]:
        left_out = ("tenant", "version", "managed_by", "protocols")
        part = {name: value for name, value in _named(one).items() if name not in left_out}
        protocols: dict[str, Any] = {name: dict(own) for name, own in sorted(one.protocols.items())}
        if protocols and await self._applications.has_secret(context, one.id):
            reference = {"env": _variable(context.tenant, one.id, "secret")}
            first = "oidc" if "oidc" in protocols else next(iter(protocols))
            protocols[first] = {SECRET: reference, **protocols[first]}
        return {**part, **protocols}


def _named(value: msgspec.Struct) -> dict[str, Any]:
    """The fields that differ from their defaults, as plain values; secrets stay what they are."""
    plain: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(Secret,))
    usual = {field.encode_name: _usual(field) for field in msgspec.structs.fields(value)}
    return {name: one for name, one in plain.items() if one != usual[name] and one is not None}


def _usual(field: msgspec.structs.FieldInfo) -> Any:
    made = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    return made if made is msgspec.NODEFAULT else msgspec.to_builtins(made, builtin_types=(Secret,))


def _references(value: Any, variable: str) -> Any:
    """The same with each secret as the variable it is to be read from; one that isn't set is left out."""
    if isinstance(value, Secret):
        return {"env": variable} if value else None
    if isinstance(value, Mapping):
        parts = {name: _references(part, _variable(variable, str(name))) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_references(part, f"{variable}_{at}") for at, part in enumerate(value)]
    return value


def _variable(*names: str) -> str:
    return "_".join(re.sub("[^A-Za-z0-9]+", "_", name).upper() for name in names)
