"""Settings in two windows of the console: the one that is stale is told, and puts nothing back."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from tests.plugins.admin.conftest import World
from xenia.api import Conflict, SessionSettings, SignInSettings
from xenia.testing.app import Browser

SAMPLE = "/console/demo/plugins/sample/settings"
CHANGED = "These settings were changed meanwhile"


async def sample(world: World) -> tuple[int, tuple[str, ...]]:
    """What is stored for the plugin."""
    kind = next(one.settings for one in world.kernel.plugins if one.name == "sample")
    assert kind
    stored: Any = await world.kernel.config.get(world.context(), kind)
    return stored.length, stored.words


async def test_a_stale_window_of_a_plugins_settings_puts_nothing_back(world: World, chief: Browser) -> None:
    first, second = await chief.get(SAMPLE), await chief.get(SAMPLE)
    assert "Saved." in (await chief.submit(first, length="9", words="")).text
    page = await chief.submit(second, length="8", words="one")
    assert page.status_code == 409
    assert CHANGED in unescape(page.text)
    assert 'value="9"' in page.text
    assert await sample(world) == (9, ())
    assert "Saved." in (await chief.submit(page, length="9", words="one")).text
    assert await sample(world) == (9, ("one",))


async def test_a_form_that_came_back_with_a_problem_is_not_stale(chief: Browser) -> None:
    page = await chief.submit(await chief.get(SAMPLE), length="x", words="")
    assert page.status_code == 422
    assert "Saved." in (await chief.submit(page, length="9", words="")).text


async def test_a_stale_window_of_the_tenants_settings_puts_nothing_back(world: World, chief: Browser) -> None:
    place = "/console/demo/settings/sessions"
    first, second = await chief.get(place), await chief.get(place)
    assert "Saved." in (await chief.submit(first, idle_seconds="3600", absolute_seconds="7200")).text
    page = await chief.submit(second, idle_seconds="1800", absolute_seconds="7200")
    assert page.status_code == 409
    assert CHANGED in unescape(page.text)
    assert 'value="3600"' in page.text


async def test_a_stale_window_of_title_and_hosts_puts_nothing_back(world: World, chief: Browser) -> None:
    place = "/console/demo/settings/tenant"
    first, second = await chief.get(place), await chief.get(place)
    await chief.submit(first, title="New", hosts="a.example\nb.example")
    page = await chief.submit(second, title="Demo Stores", hosts="")
    assert page.status_code == 409
    tenant = await world.kernel.tenants.get("demo")
    assert tenant
    assert (tenant.title, tenant.hosts) == ("New", ("a.example", "b.example"))
    question = await chief.submit(page, title="New", hosts="b.example")
    await chief.submit(await chief.get(place), title="Newer", hosts="a.example\nb.example")
    answer = await chief.submit(question, title="New", hosts="b.example", action="confirm")
    assert answer.status_code == 409


async def test_of_two_at_the_same_moment_one_is_told(world: World) -> None:
    config, context = world.kernel.config, world.context()
    shown = await config.get(context, SessionSettings)
    await config.put(context, SessionSettings, SessionSettings(idle_seconds=3600), instead_of=shown)
    with pytest.raises(Conflict):
        await config.put(context, SessionSettings, SessionSettings(idle_seconds=1800), instead_of=shown)
    now = await config.get(context, SessionSettings)
    await config.put(context, SessionSettings, SessionSettings(idle_seconds=900), instead_of=now)


async def test_defaults_are_what_is_stored_nowhere(world: World) -> None:
    config, context = world.kernel.config, world.context()
    await config.put(context, SignInSettings, SignInSettings(journey_minutes=20), instead_of=SignInSettings())
    assert (await config.get(context, SignInSettings)).journey_minutes == 20
