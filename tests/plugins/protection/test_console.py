"""The console's page of threats, and what an administrator does there."""

from __future__ import annotations

from html import unescape

import pytest

import xenia_protection
from tests.plugins.admin.conftest import World
from tests.plugins.consoles import with_console
from tests.plugins.protection.support import EMAIL, PASSWORD, QuickHasher, events_of, strangers, use
from xenia.context import Context
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.contract import problems
from xenia.testing.people import a_person
from xenia_protection.tables import DISOWN

THREATS = "/console/acme/protection"
NETWORK = "203.0.113.0/24"
UNKNOWN = "01a201b1-4b36-7a72-9d3e-93890c08a49e"


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    made = await with_console(make_app, plugin_of(xenia_protection), trusted_proxies=("192.0.2.1",))
    made.kernel.hasher = QuickHasher()
    return made


@pytest.fixture
async def chief(app: App) -> Browser:
    return await World(app).administrator()


async def attacked(app: App) -> None:
    await use(app, stuffing_accounts=3, network_free=100)
    await strangers(app, 4)


async def shown(browser: Browser, path: str = "") -> str:
    page = await browser.get(f"{THREATS}{path}")
    assert page.status_code == 200, page.text
    return unescape(page.text)


async def test_a_quiet_tenant_says_so(chief: Browser) -> None:
    page = await shown(chief)
    for sentence in ("No attack runs.", "Nothing is blocked.", "No account waits.", "Nobody guessed in the last hour."):
        assert sentence in page


async def test_an_attack_is_shown_with_its_reasons_and_asks_for_itself_again(app: App, chief: Browser) -> None:
    await attacked(app)
    page = await shown(chief)
    assert "4 wrong guesses at 4 accounts in ten minutes, 100 % of all" in page
    assert page.count(NETWORK) >= 3
    assert 'hx-trigger="every 10s"' in page
    assert "4 wrong and 0 right guesses in the last hour" in page


async def test_whoever_reads_it_may_stop_it(chief: Browser) -> None:
    page = await shown(chief)
    assert f'{THREATS}?still"' in page
    still = await shown(chief, "?still")
    assert "hx-trigger" not in still.partition('id="threats"')[2].partition(">")[0]
    assert "Keep it up to date" in still


async def test_a_network_is_unblocked_after_a_question(app: App, chief: Browser) -> None:
    await attacked(app)
    assert f"/protection/unblock?network={NETWORK.replace('/', '%2F')}" in await shown(chief)
    question = await chief.get(f"{THREATS}/unblock", params={"network": NETWORK})
    assert "Unblock this network?" in question.text
    assert f'name="network" value="{NETWORK}"' in unescape(question.text)
    page = await chief.post(f"{THREATS}/unblock", {"network": NETWORK})
    assert "Nothing is blocked." in page.text
    assert "Unblocked." in page.text
    [event] = await events_of(app, "protection.unblocked")
    assert event.object.id == NETWORK
    assert event.actor.tenant == "system"


async def test_the_chart_says_whose_time_it_shows(chief: Browser) -> None:
    assert "The last hour (times are UTC)" in await shown(chief)


async def guessed(app: App) -> None:
    """Strangers guess, and no detector minds."""
    await use(app, block=False, stuffing_accounts=100, network_free=100)
    await strangers(app, 4)


BLOCK = {"network": NETWORK, "minutes": "90", "reason": "They scrape us"}


async def test_a_network_is_blocked_by_hand_with_a_reason(app: App, chief: Browser) -> None:
    await guessed(app)
    assert f"/protection/block?network={NETWORK.replace('/', '%2F')}" in await shown(chief)
    form = await chief.get(f"{THREATS}/block", params={"network": NETWORK})
    assert 'value="30"' in form.text, "the tenant's own time to begin with"
    assert "notice-warn" not in form.text
    page = await chief.submit(form, minutes="90", reason="They scrape us")
    assert "Blocked. Nobody guesses from there" in page.text
    assert "By hand" in page.text
    assert "/protection/block?" not in unescape(page.text)
    [event] = await events_of(app, "protection.blocked")
    assert (event.object.id, event.actor.tenant) == (NETWORK, "system")
    assert event.data == {"detector": "hand", "minutes": 90, "reason": "They scrape us"}
    minutes = await app.kernel.database.fetchval(
        "SELECT until - began_at = interval '90 minutes' FROM protection_blocks"
    )
    assert minutes
    again = await chief.post(f"{THREATS}/block", {**BLOCK, "minutes": "1"})
    assert again.status_code == 409
    assert len(await events_of(app, "protection.blocked")) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"minutes": wrong}, "minutes") for wrong in ("", "0", "-1", "1441", "x", "1e1", "٣", "9" * 50)]
    + [({"reason": wrong}, "reason") for wrong in ("", "  ", "x" * 501, "a\x00")],
)
async def test_a_block_without_time_or_reason_is_none(
    app: App, chief: Browser, changed: dict[str, str], field: str
) -> None:
    page = await chief.post(f"{THREATS}/block", {**BLOCK, **changed})
    assert page.status_code == 422
    assert f"#field-{field}" in page.text
    assert await events_of(app, "protection.blocked") == []


@pytest.mark.parametrize(
    "network", ["", "203.0.113.7/24", "203.0.113.0", "10.0.0.0/8", "0.0.0.0/0", "::/0", "x", "\x00"]
)
async def test_only_networks_that_are_counted_are_blocked(app: App, chief: Browser, network: str) -> None:
    assert (await chief.get(f"{THREATS}/block", params={"network": network})).status_code == 404
    assert 400 <= (await chief.post(f"{THREATS}/block", {**BLOCK, "network": network})).status_code < 500
    assert await events_of(app, "protection.blocked") == []


async def test_ones_own_network_is_blocked_only_knowingly(app: App, chief: Browser) -> None:
    own = {**BLOCK, "network": "192.0.2.0/24"}
    form = await chief.get(f"{THREATS}/block", params={"network": own["network"]})
    assert "the network that you come from yourself" in form.text
    page = await chief.post(f"{THREATS}/block", own)
    assert page.status_code == 422
    assert await events_of(app, "protection.blocked") == []
    assert "Blocked." in (await chief.post(f"{THREATS}/block", {**own, "own": "true"})).text


async def test_whoever_may_only_look_blocks_nothing(app: App) -> None:
    await guessed(app)
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles={"watch": ("xenia:protection:read",)})
    watcher = await World(app).administrator("watch", email="watch@xenia.example")
    assert "/protection/block" not in await shown(watcher)
    assert (await watcher.get(f"{THREATS}/block", params={"network": NETWORK})).status_code == 403
    assert (await watcher.post(f"{THREATS}/block", BLOCK)).status_code == 403
    assert await events_of(app, "protection.blocked") == []


@pytest.mark.parametrize("network", ["", "203.0.113.0", "10.0.0.0/8", "x" * 500, "'; DROP TABLE users; --", "\x00"])
async def test_what_isn_t_blocked_isn_t_unblocked(app: App, chief: Browser, network: str) -> None:
    await attacked(app)
    answer = await chief.get(f"{THREATS}/unblock", params={"network": network})
    assert answer.status_code == 404
    assert (await chief.post(f"{THREATS}/unblock", {"network": network})).status_code < 500
    assert await events_of(app, "protection.unblocked") == []


async def test_an_account_that_waits_is_opened_by_hand(app: App, chief: Browser) -> None:
    ada = await a_person(app, password=PASSWORD)
    async with app.kernel.store(app.context) as store:
        await store.execute(DISOWN, "acme", ada.id, [])
    assert str(ada.id) in await shown(chief)
    visitor = app.browser()
    page = await visitor.submit(await visitor.get("/sign-in"), identifier=EMAIL)
    assert "This account waits for its owner" in (await visitor.submit(page, password=PASSWORD)).text
    path = f"{THREATS}/accounts/{ada.id}/settle"
    assert (await chief.get(path)).status_code == 200
    page = await chief.post(path, {})
    assert "No account waits." in page.text
    assert [event.data for event in await events_of(app, "protection.recovered")] == [{"how": "administrator"}]
    assert (await chief.post(path, {})).status_code == 404


async def test_whoever_may_less_than_somebody_opens_no_account_of_theirs(app: App) -> None:
    await app.kernel.tenants.change(app.context, "acme", roles={"owner": ("xenia:users:write",)})
    boss = await a_person(app, "boss@example.org", password=PASSWORD)
    await app.kernel.users.set_roles(app.context, boss.id, ("owner",))
    async with app.kernel.store(app.context) as store:
        await store.execute(DISOWN, "acme", boss.id, [])
    permissions = ("xenia:protection:read", "xenia:protection:write")
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles={"guard": permissions})
    guard = await World(app).administrator("guard", email="guard@xenia.example")
    assert (await guard.post(f"{THREATS}/accounts/{boss.id}/settle", {})).status_code == 403
    assert await events_of(app, "protection.recovered") == []


@pytest.mark.parametrize("user", [UNKNOWN, "x", "..", "a" * 300])
async def test_an_account_that_doesn_t_wait_isn_t_found(chief: Browser, user: str) -> None:
    path = f"{THREATS}/accounts/{user}/settle"
    assert (await chief.get(path)).status_code == 404
    assert (await chief.post(path, {})).status_code == 404


async def test_whoever_may_only_look_changes_nothing(app: App) -> None:
    await attacked(app)
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles={"watch": ("xenia:protection:read",)})
    watcher = await World(app).administrator("watch", email="watch@xenia.example")
    page = await shown(watcher)
    assert "/unblock" not in page
    assert NETWORK in page
    assert (await watcher.get(f"{THREATS}/unblock", params={"network": NETWORK})).status_code == 403
    assert (await watcher.post(f"{THREATS}/unblock", {"network": NETWORK})).status_code == 403
    assert NETWORK in await shown(watcher)


async def test_the_page_is_there_for_the_tenants_that_have_protection_on(app: App, chief: Browser) -> None:
    assert f'{THREATS}"' in unescape((await chief.get("/console/acme")).text)
    assert (await chief.get("/console/globex/protection")).status_code == 404


async def test_the_page_speaks_german(chief: Browser) -> None:
    chief.client.headers["accept-language"] = "de"
    assert "Kein Angriff läuft." in await shown(chief)


async def test_the_plugin_keeps_the_contract(app: App) -> None:
    assert await problems(app.kernel, "protection") == []
