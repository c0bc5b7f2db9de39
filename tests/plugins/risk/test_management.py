"""What programs see of how sign-ins are judged, and the draft that they work on."""

from __future__ import annotations

from typing import Any

import pytest

import xenia_api
import xenia_password
import xenia_risk
import xenia_web
from tests.plugins.api.conftest import Api
from tests.plugins.api.contributed import is_guarded
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import MakeApp
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia_risk.management import risk
from xenia_risk.settings import RiskSettings

READ, WRITE = "xenia:risk:read", "xenia:risk:write"
DRAFT: dict[str, Any] = {"rules": [{"name": "careful", "then": "step_up", "score": 10}]}
PLUGINS = ("api", "password", "risk", "web")


@pytest.fixture
async def api(make_app: MakeApp) -> Api:
    app = await make_app(list(map(plugin_of, (xenia_api, xenia_password, xenia_risk, xenia_web))))
    await app.tenant(plugins=PLUGINS)
    await app.tenant("other", plugins=PLUGINS)
    return Api(app)


@pytest.fixture
async def decision(api: Api) -> str:
    """A sign-in that was judged."""
    await a_person(api.app, password=PASSWORD)
    visitor = api.app.browser()
    await visitor.submit(await visitor.submit(await visitor.get("/sign-in"), identifier=EMAIL), password=PASSWORD)
    found = await api.kernel.database.fetchval("SELECT id FROM risk_decisions WHERE tenant_id = 'acme'")
    return str(found)


async def test_decisions_are_listed_and_explained(api: Api, decision: str) -> None:
    token = await api.token(READ)
    listed = (await api.call("GET", "/risk/decisions", token, params={"verdict": "allow"})).json()
    assert [one["id"] for one in listed["items"]] == [decision]
    one = (await api.call("GET", f"/risk/decisions/{decision}", token)).json()
    assert one == listed["items"][0]
    assert one["signals"]
    assert (await api.call("GET", "/risk/decisions", token, params={"verdict": "deny"})).json()["items"] == []


async def test_pages_of_decisions_follow_each_other_and_end(api: Api, decision: str) -> None:
    token = await api.token(READ)
    first = (await api.call("GET", "/risk/decisions", token, params={"limit": 1})).json()
    last = (await api.call("GET", "/risk/decisions", token, params={"limit": 1, "after": first["next"]})).json()
    assert (len(first["items"]), last) == (1, {"items": [], "next": None})
    assert (await api.call("GET", "/risk/decisions", token, params={"after": "MQ"})).status_code == 422


async def test_another_tenants_decisions_are_unknown(api: Api, decision: str) -> None:
    token = await api.token(READ, tenant="other")
    assert (await api.call("GET", "/risk/decisions", token, tenant="other")).json()["items"] == []
    assert (await api.call("GET", f"/risk/decisions/{decision}", token, tenant="other")).status_code == 404


async def test_a_draft_decides_nothing_until_it_is_put_in_force(api: Api) -> None:
    token = await api.token(READ, WRITE)
    put = await api.call("PUT", "/risk/policy/draft", token, json=DRAFT)
    assert [rule["name"] for rule in put.json()["draft"]["rules"]] == ["careful"]
    assert await api.kernel.config.get(api.context(), RiskSettings) == RiskSettings()
    published = await api.call("POST", "/risk/policy/publish", token)
    assert published.json()["draft"] is None
    assert [rule.name for rule in (await api.kernel.config.get(api.context(), RiskSettings)).rules] == ["careful"]
    assert (await api.call("POST", "/risk/policy/publish", token)).status_code == 404
    await api.call("PUT", "/risk/policy/draft", token, json=DRAFT)
    assert (await api.call("DELETE", "/risk/policy/draft", token)).status_code == 204
    assert (await api.call("GET", "/risk/policy", token)).json()["draft"] is None


async def test_two_rules_of_one_name_are_refused(api: Api) -> None:
    answer = await api.call("PUT", "/risk/policy/draft", await api.token(WRITE), json={"rules": DRAFT["rules"] * 2})
    assert answer.status_code == 422


async def test_every_operation_is_guarded(api: Api, decision: str) -> None:
    await is_guarded(api, risk, {"replaceRiskDraft": DRAFT}, {"decision_id": decision}, "")


async def test_without_the_api_there_is_nothing(api: Api) -> None:
    token = await api.token(READ)
    await api.kernel.tenants.switch_off(api.context(), "acme", "api")
    assert (await api.call("GET", "/risk/policy", token)).status_code == 404
