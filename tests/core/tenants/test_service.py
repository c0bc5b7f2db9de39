"""Tenants: what they are made of, where they are found, and what may be switched."""

from __future__ import annotations

import asyncio

import pytest

from xenia.cache import ConfigCache
from xenia.context import Context
from xenia.db import Database
from xenia.errors import Conflict, Invalid, NotFound
from xenia.plugin.manifest import Manifest
from xenia.tenants.models import NewTenant, Tenant, TenantStatus
from xenia.tenants.service import TenantService
from xenia.testing.fakes import RecordingEvents


async def test_a_tenant_is_found_by_its_id_and_by_its_host(tenants: TenantService, acme: Tenant) -> None:
    assert await tenants.get("acme") == acme
    assert await tenants.by_host("login.acme.example") == acme
    assert [tenant.id for tenant in await tenants.all()] == ["acme"]
    assert acme.issuer == "https://login.acme.example"


@pytest.mark.parametrize("name", ["", "nobody", "Acme", "a\0b", "' OR 1=1", "\ud800"])
async def test_what_is_no_tenant_is_not_found(tenants: TenantService, acme: Tenant, name: str) -> None:
    assert await tenants.get(name) is None
    assert await tenants.by_host(name) is None


async def test_a_tenant_without_a_host_is_served_below_the_public_address(
    tenants: TenantService, context: Context
) -> None:
    made = await tenants.create(context, NewTenant(id="globex", title="Globex"))
    assert made.issuer == "http://localhost:8000/t/globex"


async def test_a_tenant_is_created_once(tenants: TenantService, context: Context, acme: Tenant) -> None:
    with pytest.raises(Conflict):
        await tenants.create(context, NewTenant(id="acme", title="Another"))
    with pytest.raises(Conflict):
        await tenants.create(context, NewTenant(id="other", title="Other", hosts=("login.acme.example",)))
    assert await tenants.get("other") is None


async def test_of_many_that_create_one_tenant_one_succeeds(tenants: TenantService, context: Context) -> None:
    new = NewTenant(id="acme", title="Acme")
    results = await asyncio.gather(*(tenants.create(context, new) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, Tenant) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 9


async def test_every_mistake_is_told_at_once(tenants: TenantService, context: Context) -> None:
    with pytest.raises(Invalid) as caught:
        await tenants.create(context, NewTenant(id="No", title=" ", hosts=("*.example",)))
    assert caught.value.fields.keys() == {"id", "title", "hosts"}


async def test_a_plugin_brings_what_it_requires_and_what_serves_everybody(
    tenants: TenantService, context: Context, acme: Tenant
) -> None:
    changed = await tenants.change(context, "acme", plugins=frozenset({"reset"}))
    assert changed.plugins == {"reset", "password", "web"}
    assert await tenants.get("acme") == changed


@pytest.mark.parametrize("plugins", [{"unheard-of"}, {"nothing", "reset"}])
async def test_plugins_that_cannot_be_on_together_are_refused(
    tenants: TenantService, context: Context, acme: Tenant, plugins: set[str]
) -> None:
    with pytest.raises(Invalid):
        await tenants.change(context, "acme", plugins=frozenset(plugins))


async def test_a_plugin_that_was_uninstalled_is_off_with_all_that_require_it(
    database: Database,
    tenants: TenantService,
    context: Context,
    acme: Tenant,
    events: RecordingEvents,
    manifests: tuple[Manifest, ...],
) -> None:
    await tenants.change(context, "acme", plugins=frozenset({"reset"}))
    fewer = [manifest for manifest in manifests if manifest.name != "password"]
    found = await TenantService(database, ConfigCache(database), events, fewer).get("acme")
    assert found is not None
    assert found.plugins == {"web"}


async def test_of_two_who_switch_at_once_both_get_what_they_want(
    tenants: TenantService, context: Context, acme: Tenant, manifests: tuple[Manifest, ...]
) -> None:
    wanted = ("password", "reset", "lone")
    await asyncio.gather(*(tenants.switch_on(context, "acme", name) for name in wanted))
    found = await tenants.get("acme")
    assert found is not None
    assert found.plugins == {*wanted, "web"}
    await asyncio.gather(*(tenants.switch_off(context, "acme", name) for name in ("reset", "lone")))
    found = await tenants.get("acme")
    assert found is not None
    assert found.plugins == {"password", "web"}


async def test_a_plugin_that_another_needs_is_not_switched_off(
    tenants: TenantService, context: Context, acme: Tenant
) -> None:
    await tenants.switch_on(context, "acme", "reset")
    with pytest.raises(Conflict, match="reset"):
        await tenants.switch_off(context, "acme", "password")


async def test_of_two_that_need_each_other_switching_at_once_leaves_neither_alone(
    tenants: TenantService, context: Context, acme: Tenant
) -> None:
    await tenants.switch_on(context, "acme", "password")
    switches = (tenants.switch_off(context, "acme", "password"), tenants.switch_on(context, "acme", "reset"))
    await asyncio.gather(*switches, return_exceptions=True)
    found = await tenants.get("acme")
    assert found is not None
    assert ("reset" not in found.plugins) or ("password" in found.plugins)


async def test_what_is_not_installed_here_is_neither_switched_on_nor_forgotten(
    database: Database,
    tenants: TenantService,
    context: Context,
    acme: Tenant,
    events: RecordingEvents,
    manifests: tuple[Manifest, ...],
) -> None:
    with pytest.raises(Invalid):
        await tenants.switch_on(context, "acme", "unheard-of")
    await tenants.switch_on(context, "acme", "lone")
    fewer = [manifest for manifest in manifests if manifest.name != "lone"]
    other = TenantService(database, ConfigCache(database), events, fewer)
    assert "lone" not in (await other.switch_on(context, "acme", "password")).plugins
    back = await TenantService(database, ConfigCache(database), events, manifests).get("acme")
    assert back is not None
    assert back.plugins == {"lone", "password", "web"}


async def test_switching_tells_what_came_and_what_went(
    tenants: TenantService, context: Context, acme: Tenant, events: RecordingEvents
) -> None:
    await tenants.switch_on(context, "acme", "reset")
    assert events.last.data == {"fields": ["plugins"], "on": ["password", "reset"], "off": []}
    await tenants.switch_on(context, "acme", "reset")
    await tenants.switch_off(context, "acme", "reset")
    assert events.last.data == {"fields": ["plugins"], "on": [], "off": ["reset"]}
    assert len(events.recorded) == 3


async def test_a_host_moves_only_after_its_tenant_gave_it_up(
    tenants: TenantService, context: Context, acme: Tenant
) -> None:
    await tenants.create(context, NewTenant(id="globex", title="Globex"))
    with pytest.raises(Conflict):
        await tenants.change(context, "globex", hosts=("login.acme.example",))
    await tenants.change(context, "acme", hosts=("id.acme.example",))
    moved = await tenants.change(context, "globex", hosts=("login.acme.example",))
    assert await tenants.by_host("login.acme.example") == moved


async def test_a_suspended_tenant_says_so_until_it_is_resumed(
    tenants: TenantService, context: Context, acme: Tenant, events: RecordingEvents
) -> None:
    assert (await tenants.suspend(context, "acme")).status is TenantStatus.SUSPENDED
    assert (await tenants.suspend(context, "acme")).status is TenantStatus.SUSPENDED
    assert (await tenants.resume(context, "acme")).status is TenantStatus.ACTIVE
    assert events.types == ["tenant.created", "tenant.suspended", "tenant.resumed"]


async def test_a_change_that_changes_nothing_tells_nothing(
    tenants: TenantService, context: Context, acme: Tenant, events: RecordingEvents
) -> None:
    await tenants.change(context, "acme", title="Acme Stores")
    assert events.types == ["tenant.created"]
    with pytest.raises(NotFound):
        await tenants.change(context, "nobody", title="x")
