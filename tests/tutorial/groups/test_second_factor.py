"""The guide's group that is asked for a second factor: members are told why and led to set one up, others sign in as before."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import httpx2
import pytest

import xenia_api
import xenia_password
import xenia_totp
import xenia_web
from tests.plugins.api.conftest import Api
from tests.plugins.totp.test_journeys import seed_on
from xenia.api import User, new_id
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.contract import problems
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia_totp.codes import code_at, step_of

GROUPS = import_module("xenia_groups")
MODULES = (xenia_api, GROUPS, xenia_password, xenia_totp, xenia_web)
WHY = "Everybody in the group finance signs in with a second factor."
SCOPES = ("xenia:groups:read", "xenia:groups:write")


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
async def app(make_app: MakeApp, clock: FrozenClock) -> App:
    made = await make_app(list(map(plugin_of, MODULES)), clock=clock)
    await made.tenant()
    settings = GROUPS.GroupsSettings(second_factor=("directors", "finance"))
    await made.kernel.config.put(made.context, GROUPS.GroupsSettings, settings)
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


async def member(app: App, user: User, *names: str) -> None:
    """In these groups, as a program puts her there."""
    api = Api(app)
    answer = await api.call("PUT", f"/users/{user.id}/groups", await api.token(*SCOPES), json={"groups": list(names)})
    assert answer.json() == {"items": sorted(names)}


async def with_password(app: App) -> tuple[Browser, httpx2.Response]:
    """A browser after the password, and what it was shown."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return browser, await browser.submit(page, password=PASSWORD)


async def acrs(app: App, user: User) -> list[str]:
    return [one.acr for one in await app.kernel.sessions.of_user(app.context, user.id)]


async def test_the_example_keeps_the_contract(app: App) -> None:
    assert await problems(app.kernel, "groups") == []


async def test_who_is_in_no_such_group_is_not_asked(app: App, ada: User) -> None:
    await member(app, ada, "gardening")
    _, page = await with_password(app)
    assert page.url.path == "/t/acme/account"
    assert await acrs(app, ada) == ["aal1"]


async def test_a_member_without_a_factor_is_told_why_and_sets_one_up(app: App, ada: User, clock: FrozenClock) -> None:
    await member(app, ada, "finance", "gardening")
    browser, page = await with_password(app)
    assert WHY in page.text
    assert await acrs(app, ada) == []
    done = await browser.submit(page, code=code_at(seed_on(page), step_of(clock.now())), label="Phone")
    assert WHY not in done.text, "her recovery codes"
    await browser.submit(done)
    assert await acrs(app, ada) == ["aal2"]


async def test_a_member_with_a_factor_is_asked_for_it(app: App, ada: User, clock: FrozenClock) -> None:
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/totp", {})
    seed = seed_on(page)
    await browser.submit(page, code=code_at(seed, step_of(clock.now())), label="Phone")
    await member(app, ada, "finance")
    _, page = await with_password(app)
    assert 'name="code"' in page.text


async def test_where_no_factor_can_be_set_up_the_log_says_which_decision_asked(
    app: App, ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    await member(app, ada, "finance")
    await app.kernel.tenants.switch_off(app.context, "acme", "totp")
    _, page = await with_password(app)
    assert page.status_code == 403
    line = next(line for line in capsys.readouterr().err.splitlines() if "journey_impossible" in line)
    assert "the group finance" in line


async def test_what_is_kept_of_a_person_is_shown_moved_and_erased(app: App, ada: User) -> None:
    await member(app, ada, "finance")
    [data] = [one for one in app.kernel.personal_data if one.name == "groups"]
    other = (await a_person(app, "grace@acme.example")).id
    record = await data.move(app.context, ada.id, other)
    assert await data.export(app.context, other) == {"groups": ["finance"]}
    await data.restore(app.context, record)
    assert await data.export(app.context, ada.id) == {"groups": ["finance"]}
    assert await data.export(app.context, other) == {"groups": []}
    await data.erase(app.context, ada.id)
    assert await data.export(app.context, ada.id) == {"groups": []}


async def test_unknown_people_are_in_no_group(app: App) -> None:
    api = Api(app)
    token = await api.token(*SCOPES)
    sent: list[tuple[str, dict[str, Any]]] = [("GET", {}), ("PUT", {"json": {"groups": []}}), ("DELETE", {})]
    for method, body in sent:
        assert (await api.call(method, f"/users/{new_id()}/groups", token, **body)).status_code == 404
