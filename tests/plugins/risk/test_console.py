"""The console's pages: decisions, and rules that are drafted, replayed, put in force."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import xenia_risk
from tests.plugins.admin.conftest import World
from tests.plugins.consoles import with_console
from xenia.context import Context
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia_risk.settings import DEFAULT_RULES, RiskSettings, Rule, Then, Weight

RISK = "/console/acme/risk"
RULE = {
    "name": "careful",
    "then": "step_up",
    "score": "10",
    "signals": "",
    "applications": "",
    "roles": "",
    "acr": "aal2",
}


@pytest.fixture
async def app(make_app: MakeApp, tmp_path: Path) -> App:
    return await with_console(make_app, plugin_of(xenia_risk), data_dir=tmp_path)


@pytest.fixture
async def chief(app: App) -> Browser:
    return await World(app).administrator()


async def shown(browser: Browser, path: str) -> str:
    page = await browser.get(f"{RISK}{path}")
    assert page.status_code == 200, page.text
    return unescape(page.text)


async def test_a_decision_is_listed_and_explained(app: App, chief: Browser) -> None:
    assert "No decisions yet" in await shown(chief, "")
    await a_person(app, password=PASSWORD)
    visitor = app.browser()
    await visitor.submit(await visitor.submit(await visitor.get("/sign-in"), identifier=EMAIL), password=PASSWORD)
    listed = await shown(chief, "")
    assert "1 allowed, 0 asked for more, 0 refused" in listed
    assert "no rule" in await shown(chief, "?verdict=allow")
    assert "careful" not in await shown(chief, "?verdict=deny")
    id_ = await app.kernel.database.fetchval("SELECT id FROM risk_decisions WHERE tenant_id = 'acme'")
    assert EMAIL in listed
    explained = await shown(chief, f"/decisions/{id_}")
    assert "Address that attacks come from" in explained
    assert EMAIL in explained
    assert "192.0.2.1" in explained
    assert "in no list of the operator" in explained
    assert "listed: False" not in explained
    for unknown in ("01a201b1-4b36-7a72-9d3e-93890c08a49e", "x"):
        assert (await chief.get(f"{RISK}/decisions/{unknown}")).status_code == 404


async def test_what_became_of_who_was_asked_for_more_is_listed(app: App, chief: Browser) -> None:
    rule = Rule(name="careful", then=Then.STEP_UP)
    await app.kernel.config.put(app.context, RiskSettings, RiskSettings(rules=(rule,)))
    await a_person(app, password=PASSWORD)
    visitor = app.browser()
    page = await visitor.submit(await visitor.get("/sign-in"), identifier=EMAIL)
    assert (await visitor.submit(page, password=PASSWORD)).status_code == 403
    assert "Waited for now" in await shown(chief, "")
    await app.settle()
    listed = await shown(chief, "")
    assert "Had nothing more to show: refused" in listed
    assert "1 had nothing to show" in listed
    id_ = await app.kernel.database.fetchval("SELECT id FROM risk_decisions")
    assert "Had nothing more to show: refused" in await shown(chief, f"/decisions/{id_}")


async def test_a_change_is_a_draft_until_it_is_put_in_force(app: App, chief: Browser) -> None:
    assert "In force." in await shown(chief, "/policy")
    page = await chief.post(f"{RISK}/policy/rules/{len(DEFAULT_RULES)}", RULE)
    assert "A draft." in unescape(page.text)
    assert "careful" in page.text
    assert await app.kernel.config.get(app.context, RiskSettings) == RiskSettings()
    asked = await shown(chief, "/policy/publish")
    assert "0 of 0 people" in asked
    assert re.findall(r">(Risk|Rules)</a><span", asked) == ["Risk", "Rules"]
    assert "Kept in the draft." in page.text
    page = await chief.post(f"{RISK}/policy/publish", {})
    assert "In force. These rules decide from the next sign-in on." in page.text
    in_force = await app.kernel.config.get(app.context, RiskSettings)
    assert [rule.name for rule in in_force.rules] == [*(rule.name for rule in DEFAULT_RULES), "careful"]
    assert "In force." in await shown(chief, "/policy")


async def test_a_rule_is_read_not_decoded(chief: Browser) -> None:
    rule = {**RULE, "signals": "new_country\nof_nobody", "roles": "staff", "applications": "shop"}
    page = await chief.post(f"{RISK}/policy/rules/0", {**rule, "name": "abroad"})
    assert "score from 10 · New country, of_nobody · in shop · with the role staff" in unescape(page.text)


async def test_what_a_rule_can_name_stands_beside_the_form_and_what_isn_t_here_is_warned_of(chief: Browser) -> None:
    form = await shown(chief, "/policy/rules/0")
    assert "new_country" in form
    rule = {**RULE, "name": "abroad", "signals": "new_county", "roles": "staf", "applications": "shopp"}
    page = unescape((await chief.post(f"{RISK}/policy/rules/0", rule)).text)
    assert "“abroad” names the signal “new_county”, which nothing here raises" in page
    assert "the application “shopp”" in page
    assert "the role “staf”" in page
    page = unescape((await chief.post(f"{RISK}/policy/rules/0", {**RULE, "signals": "new_country"})).text)
    assert "notice-warn" not in page


async def test_two_windows_don_t_remove_two_rules(chief: Browser) -> None:
    first, second = (rule.name for rule in DEFAULT_RULES)
    page = await shown(chief, "/policy")
    assert f'name="rule" value="{first}"' in page
    assert (await chief.post(f"{RISK}/policy/rules/0/remove", {"rule": first})).status_code == 200
    answer = await chief.post(f"{RISK}/policy/rules/0/remove", {"rule": first})
    assert answer.status_code == 409
    assert "in another window" in unescape(answer.text)
    answer = await chief.post(f"{RISK}/policy/rules/0", {**RULE, "rule": first})
    assert answer.status_code == 409
    assert f"<bdi>{second}" in await shown(chief, "/policy")


async def test_putting_in_force_changes_nothing_but_rules_and_weights(app: App, chief: Browser) -> None:
    await chief.post(f"{RISK}/policy/rules/0", RULE)
    await app.kernel.config.put(app.context, RiskSettings, RiskSettings(keep_days=30))
    await chief.post(f"{RISK}/policy/publish", {})
    in_force = await app.kernel.config.get(app.context, RiskSettings)
    assert (in_force.rules[0].name, in_force.keep_days) == ("careful", 30)


async def test_a_file_that_can_t_be_read_is_shown_where_risk_is(app: App, chief: Browser, tmp_path: Path) -> None:
    places = (RISK, "/console/acme/plugins/risk")
    assert "notice-warn" not in (await chief.get(RISK)).text
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "city.mmdb").write_bytes(b"nothing")
    for path in places:
        assert "a file of places can't be read" in unescape((await chief.get(path)).text)
    local = await World(app).administrator("admin:acme", email="local@xenia.example")
    for path in places:
        page = (await local.get(path)).text
        assert "Something is wrong with it on this installation" in page
        assert "city.mmdb" not in page


async def test_the_settings_page_leaves_rules_and_weights_to_their_own_pages(app: App, chief: Browser) -> None:
    place = "/console/acme/plugins/risk/settings"
    await chief.post(f"{RISK}/policy/rules/0", RULE)
    await chief.post(f"{RISK}/policy/publish", {})
    page = await chief.get(place)
    assert 'name="rules"' not in page.text
    assert 'name="weights"' not in page.text
    assert f'{RISK}/policy/weights"' in unescape(page.text)
    assert "Saved." in (await chief.post(place, {"keep_days": "30", "rules": "[]", "weights": "[]"})).text
    stored = await app.kernel.config.get(app.context, RiskSettings)
    assert (stored.keep_days, stored.rules[0].name) == (30, "careful")


async def test_weights_are_drafted_and_only_those_that_differ_are_kept(app: App, chief: Browser) -> None:
    numbers = {"listed_address": "60", "velocity": "45", "new_country": "40"}
    page = await shown(chief, "/policy/weights")
    assert "New country" in page
    asked = {**dict(re.findall(r'name="(\w+)"[^>]*value="(\d+)"', page)), **numbers}
    page = (await chief.post(f"{RISK}/policy/weights", asked)).text
    assert "A draft." in unescape(page)
    await chief.post(f"{RISK}/policy/publish", {})
    in_force = await app.kernel.config.get(app.context, RiskSettings)
    assert in_force.weights == (Weight(signal="velocity", percent=45),)


@pytest.mark.parametrize("number", ["101", "-1", "x", "", "1e1", "٣"])
async def test_a_weight_that_is_no_percentage_is_named(chief: Browser, number: str) -> None:
    page = await shown(chief, "/policy/weights")
    asked = {**dict(re.findall(r'name="(\w+)"[^>]*value="(\d+)"', page)), "velocity": number}
    answer = await chief.post(f"{RISK}/policy/weights", asked)
    assert answer.status_code == 422
    assert "#field-velocity" in answer.text
    assert "In force." in await shown(chief, "/policy")


async def test_rules_are_ordered_and_removed_in_the_draft_and_the_draft_is_dropped(app: App, chief: Browser) -> None:
    first, second = (rule.name for rule in DEFAULT_RULES)
    page = unescape((await chief.post(f"{RISK}/policy/rules/1/up", {})).text)
    assert page.index(f"<bdi>{second}") < page.index(f"<bdi>{first}")
    assert f"<bdi>{first}" not in unescape((await chief.post(f"{RISK}/policy/rules/1/remove", {})).text)
    page = unescape((await chief.post(f"{RISK}/policy/discard", {})).text)
    assert f"<bdi>{first}" in page
    assert "In force." in page


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": DEFAULT_RULES[0].name}, "name"),
        ({"score": "101"}, "score"),
        ({"then": "dance"}, "then"),
        ({"name": ""}, "name"),
        ({"acr": "AAL2"}, "acr"),
    ],
)
async def test_a_rule_that_can_t_be_is_named_and_nothing_is_kept(
    app: App, chief: Browser, changed: dict[str, str], problem: str
) -> None:
    page = await chief.post(f"{RISK}/policy/rules/2", {**RULE, **changed})
    assert page.status_code == 422
    assert f"#field-{problem}" in page.text
    assert "In force." in await shown(chief, "/policy")


@pytest.mark.parametrize("path", ["/policy/rules/9", "/policy/rules/9/up", "/policy/rules/0/sideways"])
async def test_rules_that_aren_t_there_are_not_found(chief: Browser, path: str) -> None:
    assert (await chief.post(f"{RISK}{path}", RULE)).status_code == 404


async def test_the_pages_are_there_for_the_tenants_that_have_risk_on(app: App, chief: Browser) -> None:
    assert f'{RISK}"' in unescape((await chief.get("/console/acme")).text)
    assert '/risk"' not in unescape((await chief.get("/console/globex")).text)
    for path in ("", "/policy"):
        assert (await chief.get(f"/console/globex/risk{path}")).status_code == 404
        stranger = await app.browser("system").get(f"/console/globex/risk{path}", follow=False)
        assert stranger.status_code == (await app.browser("system").get(f"{RISK}{path}", follow=False)).status_code
    await app.kernel.tenants.switch_off(Context(tenant="system"), "acme", "risk")
    assert (await chief.get(RISK)).status_code == 404


async def test_whoever_may_only_look_changes_nothing(app: App) -> None:
    await app.kernel.tenants.change(Context(tenant="system"), "system", roles={"watch": ("xenia:risk:read",)})
    watcher = await World(app).administrator("watch", email="watch@xenia.example")
    before = await shown(watcher, "/policy")
    answer = await watcher.post(f"{RISK}/policy/rules/2", RULE)
    assert answer.status_code == 403
    assert "careful" not in before + await shown(watcher, "/policy")
