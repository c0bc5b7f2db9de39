"""A tenant's title and hosts are changed in the console; what it stands for is shown as code."""

from __future__ import annotations

import tomllib
from html import unescape

import pytest

from tests.plugins.admin.conftest import World
from xenia.testing.app import Browser


async def hosts_of(world: World) -> tuple[str, ...]:
    """The hosts of the tenant ``demo``."""
    found = await world.kernel.tenants.get("demo")
    assert found
    return found.hosts


async def test_title_and_hosts_are_changed(world: World, chief: Browser) -> None:
    form = {"title": "Demo & Sons", "hosts": "Login.Demo.example\r\nshop.demo.example\r\n"}
    page = await chief.post("/console/demo/settings/tenant", form)
    assert "Saved." in page.text
    assert "Demo &amp; Sons" in page.text
    assert await hosts_of(world) == ("login.demo.example", "shop.demo.example")


async def test_a_host_goes_only_after_a_question(world: World, chief: Browser) -> None:
    await chief.post("/console/demo/settings/tenant", {"title": "Demo", "hosts": "a.example\nb.example"})
    question = await chief.post("/console/demo/settings/tenant", {"title": "Demo", "hosts": "b.example"})
    assert "Hosts that go" in question.text
    assert await hosts_of(world) == ("a.example", "b.example")
    await chief.submit(question, title="Demo", hosts="b.example", action="confirm")
    assert await hosts_of(world) == ("b.example",)


@pytest.mark.parametrize("host", ["localhost", "https://a.example", "a.example:80", "-a.example", "a b"])
async def test_what_is_no_host_and_the_houses_own_are_refused_at_the_field(
    world: World, chief: Browser, host: str
) -> None:
    page = await chief.post("/console/demo/settings/tenant", {"title": "Demo", "hosts": host})
    assert page.status_code == 422
    assert 'id="field-hosts-error"' in page.text
    assert await hosts_of(world) == ()


async def test_a_host_of_another_tenant_is_refused_at_the_field(world: World, chief: Browser) -> None:
    await chief.post("/console/other/settings/tenant", {"title": "Other", "hosts": "a.example"})
    page = await chief.post("/console/demo/settings/tenant", {"title": "Demo", "hosts": "a.example"})
    assert page.status_code == 422
    assert "Another tenant has one of these hosts" in page.text


async def test_an_administrator_of_one_tenant_changes_its_title_and_takes_no_host(world: World) -> None:
    local = await world.administrator("admin:demo", email="local@xenia.example")
    form = await local.get("/console/demo/settings/tenant")
    assert 'name="hosts"' not in form.text
    assert (await local.post("/console/demo/settings/tenant", {"title": "New"})).status_code == 200
    taken = await local.post("/console/demo/settings/tenant", {"title": "New", "hosts": "a.example"})
    assert taken.status_code == 403
    assert await hosts_of(world) == ()


async def test_a_tenant_is_shown_as_its_document_without_secrets(world: World, chief: Browser) -> None:
    await world.application()
    await world.kernel.applications.add_secret(world.context(), "shop")
    await chief.post("/console/demo/plugins/sample/settings", {"length": "9", "key": "hunter2-and-a-half"})
    page = await chief.get("/console/demo/settings/code")
    shown = unescape(page.text.partition("<code>")[2].partition("</code>")[0])
    document = tomllib.loads(shown)
    assert document["tenant"]["id"] == "demo"
    assert document["plugins"]["sample"] == {"length": 9, "key": {"env": "DEMO_SAMPLE_KEY"}}
    assert "hunter2" not in page.text


async def test_an_application_is_shown_as_its_part_of_the_document(world: World, chief: Browser) -> None:
    await world.application()
    page = await chief.get("/console/demo/applications/shop/code")
    document = tomllib.loads(unescape(page.text.partition("<code>")[2].partition("</code>")[0]))
    (shop,) = document["applications"]
    assert shop["id"] == "shop"
    assert (await chief.get("/console/demo/applications/nothing/code")).status_code == 404


async def test_the_document_is_for_those_who_may_see_all_that_is_in_it(world: World) -> None:
    roles: dict[str, tuple[str, ...]] = {"reader": ("xenia:tenant:read",)}
    await world.kernel.tenants.change(world.context("system"), "system", roles=roles)
    reader = await world.administrator("reader:demo", email="reader@xenia.example")
    settings = await reader.get("/console/demo/settings")
    assert "/settings/code" not in settings.text
    assert (await reader.get("/console/demo/settings/code")).status_code == 403


async def test_an_application_that_allows_too_much_is_warned_of(world: World, chief: Browser) -> None:
    await world.application(require_pkce="allow_missing_pkce_and_nonce")
    page = await chief.get("/console/demo/applications/shop")
    assert "Sign-ins need neither PKCE nor a nonce" in page.text
    await world.application("calm")
    assert "notice-warn" not in (await chief.get("/console/demo/applications/calm")).text


async def test_roles_that_more_is_asked_of_are_known_or_warned_of(chief: Browser) -> None:
    place = "/console/demo/settings/sign_in"
    assert "Roles here: boss, buyer" in (await chief.get(place)).text
    page = await chief.post(place, ROLES | {"aal2_roles": "boss\nbos"})
    assert "Saved." in page.text
    assert "This tenant names no role “bos”" in unescape(page.text)
    page = await chief.post(place, ROLES | {"aal2_roles": "boss"})
    assert "notice-warn" not in page.text


async def test_roles_of_administrators_are_known_for_a_tenant_too(chief: Browser) -> None:
    wanted = ROLES | {"aal2_roles": "admin\nadmin:demo\nsupport:demo\nadmins", "action": "confirm"}
    page = await chief.post("/console/system/settings/sign_in", wanted)
    assert "no role “admins”" in unescape(page.text)
    assert page.text.count("notice-warn") == 1


ROLES = {
    "sign_up": "open",
    "required_acr": "aal1",
    "attempts": "5",
    "attempts_window_seconds": "900",
    "journey_minutes": "30",
}
