"""The console says what messages have cost, and what is odd about the settings."""

from __future__ import annotations

from html import unescape

import pytest

import xenia_sms
from tests.plugins.admin.conftest import World
from tests.plugins.consoles import with_console
from tests.plugins.sms.conftest import Gateway, settings, use
from xenia.context import Context
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia_sms.budget import Budget

PAGE = "/console/acme/sms"


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    return await with_console(make_app, plugin_of(xenia_sms))


@pytest.fixture
async def chief(app: App) -> Browser:
    return await World(app).administrator()


async def shown(browser: Browser, path: str = PAGE) -> str:
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return unescape(page.text)


async def test_what_messages_have_cost_is_shown_of_what_they_may(app: App, gateway: Gateway, chief: Browser) -> None:
    await use(app, gateway, hour_budget=50)
    page = await shown(chief)
    assert "0 of 50 units" in page
    assert "The hour ends" not in page
    assert await Budget(app.kernel).spend(app.context, settings(gateway, hour_budget=50), 7)
    page = await shown(chief)
    assert "7 of 50 units" in page
    assert "7 of 500 units" in page
    await app.kernel.database.execute("UPDATE sms_spending SET hour_ends = now() - interval '1 second'")
    page = await shown(chief)
    assert "0 of 50 units" in page
    assert "7 of 500 units" in page


async def test_a_budget_that_is_too_small_for_new_numbers_is_warned_of_wherever_it_is_seen(
    app: App, gateway: Gateway, chief: Browser
) -> None:
    await use(app, gateway, prices={"US": 30}, hour_budget=50)
    for path in (PAGE, "/console/acme/plugins/sms", "/console/acme/plugins/sms/settings"):
        assert "No number of these countries can be set up: US" in await shown(chief, path)
    await use(app, gateway)
    assert "notice-warn" not in await shown(chief)


async def test_what_messages_have_cost_is_for_those_who_may_see_it(app: App) -> None:
    roles: dict[str, tuple[str, ...]] = {"watch": ("xenia:sms:read",), "blind": ("xenia:users:read",)}
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles=roles)
    watcher = await World(app).administrator("watch", email="watch@xenia.example")
    assert "/plugins/sms/settings" not in await shown(watcher)
    blind = await World(app).administrator("blind", email="blind@xenia.example")
    assert (await blind.get(PAGE)).status_code == 403
