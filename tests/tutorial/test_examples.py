"""The examples as plugins among others: they keep the contract, and what the guide tells of them is so."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from importlib import import_module
from typing import Any

import pytest

import xenia_admin
import xenia_oidc
import xenia_password
import xenia_web
from tests.plugins.admin.conftest import NearDialer, World
from tests.tutorial.environment import ROOT
from xenia.clock import FrozenClock
from xenia.context import Context
from xenia.events.models import EventQuery
from xenia.plugin.manifest import Plugin, plugin_of
from xenia.tenants.models import NewTenant
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.contract import problems
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person

HOUSE = (xenia_password, xenia_web)


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports an example as if it were installed."""

    def imported(name: str) -> Plugin:
        monkeypatch.syspath_prepend(str(ROOT / "examples" / name))
        return plugin_of(import_module(name))

    return imported


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime.now(UTC).replace(microsecond=0))


async def sign_in(browser: Browser) -> Any:
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return await browser.submit(page, password=PASSWORD)


@pytest.mark.parametrize("name", ["picture_pin", "opening_hours"])
async def test_an_example_keeps_the_contract(make_app: MakeApp, example: Any, name: str) -> None:
    app = await make_app([example(f"xenia_{name}"), *(plugin_of(module) for module in HOUSE)])
    assert await problems(app.kernel, name) == []


async def with_hours(make_app: MakeApp, example: Any, clock: FrozenClock, **hours: Any) -> tuple[App, Mailbox]:
    mailbox, plugin = Mailbox(), example("xenia_opening_hours")
    app = await make_app([plugin, mailbox.plugin, *(plugin_of(module) for module in HOUSE)], clock=clock)
    await app.tenant()
    settings = plugin.manifest.settings(**hours)
    await app.kernel.config.put(app.context, plugin.manifest.settings, settings)
    await a_person(app, password=PASSWORD)
    return app, mailbox


def closed_at(hour: int) -> dict[str, int]:
    """Hours without this one."""
    return {"opens": 0, "closes": hour} if hour else {"opens": 1, "closes": 24}


async def test_outside_the_hours_a_decision_refuses_and_is_on_record(
    make_app: MakeApp, example: Any, clock: FrozenClock
) -> None:
    app, _ = await with_hours(make_app, example, clock, **closed_at(clock.now().hour))
    page = await sign_in(app.browser())
    assert page.status_code == 403
    assert "We’re closed now" in page.text
    found = await app.kernel.events.list(app.context, EventQuery(types=("opening_hours.*",)))
    assert [event.type for event in found.events] == ["opening_hours.refused"]


async def test_inside_the_hours_a_subscriber_tells_the_person(
    make_app: MakeApp, example: Any, clock: FrozenClock
) -> None:
    app, mailbox = await with_hours(make_app, example, clock, notice=True)
    browser = app.browser()
    page = await sign_in(browser)
    assert "Opening hours" in page.text, "the menu of the account"
    assert "from 0 to 24 o’clock" in (await browser.get("/account/opening-hours")).text
    await app.settle()
    assert [message.subject for message in mailbox.to(EMAIL)] == ["You signed in"]


async def test_the_console_shows_its_page_to_those_who_may(make_app: MakeApp, example: Any) -> None:
    modules = (xenia_admin, xenia_oidc, *HOUSE)
    app = await make_app([example("xenia_opening_hours"), *(plugin_of(module) for module in modules)])
    names = frozenset({"admin", "oidc", "password", "opening_hours"})
    for tenant in ("system", "demo"):
        await app.kernel.tenants.create(Context(tenant="system"), NewTenant(id=tenant, title=tenant, plugins=names))
    world = World(app)
    app.kernel.dialer = NearDialer(app.front)  # type: ignore[assignment]
    chief = await world.administrator()
    first, own = [unescape((await chief.get(f"/console/demo{path}")).text) for path in ("", "/opening-hours")]
    assert "from 0 to 24 o’clock" in own
    assert all("/console/demo/opening-hours" in page and "/console/demo/users" in page for page in (first, own)), (
        "the menu"
    )
