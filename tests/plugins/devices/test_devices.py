"""Devices become known by signing in, are told apart by cookie, kind of browser and network, and are forgotten again."""

from __future__ import annotations

import pytest

from tests.plugins.devices.support import (
    CHROME,
    ELSEWHERE,
    FIREFOX,
    HOME,
    NEIGHBOUR,
    NEWER_FIREFOX,
    a_browser,
    is_signed_in,
    moved,
    with_password,
)
from xenia.context import Context, Source
from xenia.testing.app import App, Browser
from xenia.testing.people import PASSWORD, a_person
from xenia.user_agents import browser_family
from xenia.users.models import User
from xenia_devices.models import Known
from xenia_devices.origins import network_of
from xenia_devices.service import DeviceService
from xenia_devices.tables import NETWORKS_KEPT


@pytest.fixture
async def browser(app: App, ada: User) -> Browser:
    """Ada's, who signed in with it at home."""
    mine = a_browser(app)
    assert is_signed_in(await with_password(mine))
    await app.settle()
    return mine


async def seen_by(app: App, devices: DeviceService, user: User, *, agent: str = FIREFOX, address: str = HOME) -> Known:
    """What Ada's first device looks like with another agent or address."""
    [mine] = await devices.of_user(app.context, user.id)
    source = Source(address, agent, browser=mine.id)
    return await devices.look(Context(tenant=app.context.tenant, source=source), user.id)


async def test_a_sign_in_makes_the_browser_known(app: App, ada: User, browser: Browser, devices: DeviceService) -> None:
    known = await seen_by(app, devices, ada)
    assert (known.device, known.network, known.trusted, known.others) == (True, True, False, 0)


@pytest.mark.parametrize(
    ("agent", "address", "device", "network"),
    [
        (NEWER_FIREFOX, NEIGHBOUR, True, True),
        (FIREFOX, ELSEWHERE, True, False),
        (CHROME, HOME, False, False),
        (FIREFOX, "not an address", True, False),
    ],
)
async def test_a_device_is_its_cookie_its_kind_of_browser_and_where_it_was(
    app: App, ada: User, browser: Browser, devices: DeviceService, agent: str, address: str, device: bool, network: bool
) -> None:
    known = await seen_by(app, devices, ada, agent=agent, address=address)
    assert (known.device, known.network) == (device, network)


async def test_another_browser_and_another_person_are_strangers(
    app: App, ada: User, browser: Browser, devices: DeviceService
) -> None:
    stranger = Context(tenant=app.context.tenant, source=Source(HOME, FIREFOX, browser="ab" * 32))
    assert await devices.look(stranger, ada.id) == Known(others=1)
    assert await devices.look(Context(tenant=app.context.tenant), ada.id) == Known()


async def test_only_the_newest_networks_are_kept(app: App, ada: User, devices: DeviceService) -> None:
    at, id_ = app.kernel.clock.now(), "cd" * 32
    for number in range(NETWORKS_KEPT + 5):
        await devices.seen(app.context, ada.id, id_, FIREFOX, f"198.18.{number}.1", at.replace(microsecond=number))
    first, last = "198.18.0.1", f"198.18.{NETWORKS_KEPT + 4}.1"
    assert not (await seen_by(app, devices, ada, address=first)).network
    assert (await seen_by(app, devices, ada, address=last)).network


async def test_the_page_lists_devices_and_forgets_one(
    app: App, ada: User, browser: Browser, devices: DeviceService
) -> None:
    page = await browser.get("/account/devices")
    assert "Firefox" in page.text
    assert "This device" in page.text
    [mine] = await devices.of_user(app.context, ada.id)
    page = await browser.post(f"/account/devices/{mine.id}/forget", {})
    assert "Forgotten" in page.text
    assert await devices.of_user(app.context, ada.id) == ()
    again = await browser.post(f"/account/devices/{mine.id}/forget", {})
    assert again.status_code == 404


async def test_all_are_forgotten_after_a_question(
    app: App, ada: User, browser: Browser, devices: DeviceService
) -> None:
    other = a_browser(app, agent=CHROME)
    await with_password(other)
    await app.settle()
    question = await browser.get("/account/devices/forget")
    assert "Chrome" in question.text
    assert "Firefox" in question.text
    page = await browser.post("/account/devices/forget", {})
    assert "No known devices" in page.text
    assert await devices.of_user(app.context, ada.id) == ()


async def test_nobody_forgets_the_devices_of_others(
    app: App, ada: User, browser: Browser, devices: DeviceService
) -> None:
    [mine] = await devices.of_user(app.context, ada.id)
    bob = a_browser(app)
    await a_person(app, "bob@example.org", password=PASSWORD)
    await bob.submit(await bob.submit(await bob.get("/sign-in"), identifier="bob@example.org"), password=PASSWORD)
    assert (await bob.post(f"/account/devices/{mine.id}/forget", {})).status_code == 404
    assert (await browser.post("/account/devices/x/forget", {})).status_code == 404
    assert await devices.of_user(app.context, ada.id) != ()


async def test_a_cookie_in_another_kind_of_browser_makes_that_a_new_device(
    app: App, ada: User, browser: Browser, devices: DeviceService
) -> None:
    await with_password(moved(browser, agent=CHROME))
    assert not (await seen_by(app, devices, ada, agent=CHROME)).device


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.51.100.7", "198.51.100.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("somewhere", "")],
)
def test_networks_are_what_a_provider_hands_out(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_kind_of_browser_outlives_its_versions() -> None:
    assert browser_family(FIREFOX) == browser_family(NEWER_FIREFOX) == "Firefox/Linux"
    assert browser_family(CHROME) == "Chrome/Linux"
    assert browser_family("") == "/"
