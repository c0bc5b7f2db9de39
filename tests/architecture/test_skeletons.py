"""Ten features that are not there yet fit into the house without a change to it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import httpx2
import pytest

import xenia_password
import xenia_web
from tests.architecture.sources import Import, _read
from xenia.api import Manifest, NewCredential
from xenia.plugin.manifest import Plugin, plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.contract import problems
from xenia.testing.people import a_person

FOLDER = Path(__file__).with_name("skeletons")
NAMES = sorted(path.stem.removeprefix("xenia_") for path in FOLDER.glob("xenia_*.py"))


def skeleton(name: str) -> Plugin:
    return plugin_of(import_module(f"tests.architecture.skeletons.xenia_{name}"), name)


async def made(make_app: MakeApp, *names: str) -> App:
    app = await make_app([plugin_of(xenia_password), *(skeleton(name) for name in names), plugin_of(xenia_web)])
    await app.tenant()
    return app


def test_there_are_ten() -> None:
    assert (
        sorted(
            ["social", "saml", "ldap", "scim", "consent", "workflows", "risk", "organisations", "passkeys", "webhooks"]
        )
        == NAMES
    )


@pytest.mark.parametrize("name", NAMES)
async def test_a_feature_keeps_the_contract(name: str, make_app: MakeApp) -> None:
    app = await made(make_app, name)
    assert await problems(app.kernel, name) == []
    assert (await app.browser().get("/sign-in")).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_imports_the_public_api_only(name: str) -> None:
    found: tuple[Import, ...] = _read(FOLDER / f"xenia_{name}.py", FOLDER).imports
    assert {one.module for one in found if one.module.startswith("xenia")} == {"xenia.api"}


async def test_all_of_them_live_together(make_app: MakeApp) -> None:
    app = await made(make_app, *NAMES)
    assert {manifest.name for manifest in app.kernel.plugins} >= set(NAMES)
    assert all(isinstance(manifest, Manifest) for manifest in app.kernel.plugins)


async def test_a_passkey_signs_in_whoever_it_belongs_to_without_an_identifier(make_app: MakeApp) -> None:
    app = await made(make_app, "passkeys")
    user = await a_person(app)
    new = NewCredential(plugin="passkeys", kind="passkey", data=b"key", lookup=b"abc", second=True)
    await app.kernel.credentials.add(app.context, user.id, new)
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), action="method:passkey")
    refused = await browser.post(str(page.url), {"credential": "nobody:1", "csrf": ""})
    assert refused.status_code == 422
    await browser.post(str(page.url), {"credential": "abc:1"})
    [session] = await app.kernel.sessions.of_user(app.context, user.id)
    assert session.acr == "aal3"


async def test_the_same_assertion_opens_nothing_twice(make_app: MakeApp) -> None:
    app = await made(make_app, "passkeys")
    user = await a_person(app)
    new = NewCredential(plugin="passkeys", kind="passkey", data=b"key", lookup=b"abc", second=True)
    await app.kernel.credentials.add(app.context, user.id, new)
    for _ in range(2):
        browser = app.browser()
        page = await browser.submit(await browser.get("/sign-in"), action="method:passkey")
        await browser.post(str(page.url), {"credential": "abc:1"})
    assert len(await app.kernel.sessions.of_user(app.context, user.id)) == 1


async def test_an_identifier_is_led_to_the_method_of_its_company(make_app: MakeApp) -> None:
    app = await made(make_app, "ldap")
    module = import_module("tests.architecture.skeletons.xenia_ldap")
    await app.kernel.config.put(app.context, module.LdapSettings, module.LdapSettings(host="ldap.company.example"))
    for address, label in (("ada@company.example", "Company password"), ("ada@acme.example", "Forgot")):
        browser = app.browser()
        page = await browser.submit(await browser.get("/sign-in"), identifier=address)
        assert label in page.text, page.text


async def test_two_accounts_are_merged_and_taken_apart_again(make_app: MakeApp) -> None:
    """What a merge needs is there: every plugin moves what it keeps, and takes it back by its own record."""
    app = await made(make_app, "passkeys")
    kernel, context = app.kernel, app.context
    ada, double = await a_person(app), await a_person(app, "ada@work.example", password="violet ladders hum quietly")
    new = NewCredential(plugin="passkeys", kind="passkey", data=b"key", label="Phone", second=True)
    await kernel.credentials.add(context, double.id, new)
    before = {one.kind for one in await kernel.credentials.summaries(context, double.id)}
    async with kernel.transaction():
        records = [(each, await each.move(context, double.id, ada.id)) for each in kernel.personal_data]
    assert {one.kind for one in await kernel.credentials.summaries(context, ada.id)} == before
    assert await kernel.credentials.summaries(context, double.id) == ()
    async with kernel.transaction():
        for each, record in reversed(records):
            await each.restore(context, record)
    assert {one.kind for one in await kernel.credentials.summaries(context, double.id)} == before


async def test_a_journey_that_leaves_comes_back_once_and_only_to_its_browser(make_app: MakeApp) -> None:
    app = await made(make_app, "social")
    user = await a_person(app)
    linked = NewCredential(plugin="social", kind="social", data=b"x", lookup=b"subject-7")
    await app.kernel.credentials.add(app.context, user.id, linked)
    browser, other = app.browser(), app.browser()
    page = await browser.submit(await browser.get("/sign-in"), action="method:social")
    await other.get("/sign-in")
    assert await come_back(browser, other, page) == 404, "another browser"
    assert await come_back(browser, browser, page) == 200
    form = await browser.get(await address(browser, page))
    ticket = re.search(r'name="ticket" value="([^"]+)"', form.text)
    assert ticket
    signed_in = await browser.post(str(page.url), {"ticket": ticket[1]})
    assert signed_in.status_code == 200
    assert len(await app.kernel.sessions.of_user(app.context, user.id)) == 1
    again = await browser.submit(await browser.get("/sign-in"), action="method:social")
    assert (await browser.post(str(again.url), {"ticket": ticket[1]})).status_code in (403, 404, 422)


async def address(leaving: Browser, page: httpx2.Response) -> str:
    """Where the provider sends the browser back to."""
    handle = page.url.path.rpartition("/")[2]
    out = await leaving.get(f"/social/leave/{handle}", follow=False)
    assert out.headers["location"].startswith("https://provider.example/")
    return f"/social/callback?state={out.headers['location'].partition('state=')[2]}&code=subject-7"


async def come_back(leaving: Browser, coming: Browser, page: httpx2.Response) -> int:
    """One comes back, and then tries the same again: it never works twice."""
    path = await address(leaving, page)
    first = await coming.get(path, follow=False)
    assert (await leaving.get(path, follow=False)).status_code == 404
    return first.status_code


async def test_a_message_of_another_site_is_stored_and_read_on_ours(make_app: MakeApp) -> None:
    app = await made(make_app, "saml")
    stranger = app.browser(**{"sec-fetch-site": "cross-site", "origin": "https://sp.example"})
    stored = await stranger.post("/saml/sso", {"SAMLRequest": "PHNhbWw+"}, follow=False)
    assert stored.status_code == 303
    browser = app.browser()
    led = await browser.get(stored.headers["location"], follow=False)
    assert "/journey/" in led.headers["location"]
    assert (await browser.get(stored.headers["location"], follow=False)).status_code == 404
