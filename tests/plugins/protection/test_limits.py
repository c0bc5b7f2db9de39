"""Limits by network and by tenant hold under races and restarts, and can't be turned against the owner."""

from __future__ import annotations

import asyncio
import os

import httpx2
import pytest

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import enrolled_beside, sign_in
from tests.plugins.protection.conftest import PLUGINS
from tests.plugins.protection.support import (
    EMAIL,
    PASSWORD,
    WRONG,
    QuickHasher,
    a_browser,
    asks_for_password,
    guess,
    identified,
    is_signed_in,
    moved,
    puzzle_of,
    solved,
    strangers,
    use,
)
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.people import a_person
from xenia.users.models import User

BURST = 200
FULL = os.environ.get("XENIA_FULL") == "1"
ADDRESSES, TRIES = (10_000, 10) if FULL else (30, 3)


async def at_the_password(app: App, number: int, *, network: str = "203.0.113") -> tuple[Browser, httpx2.Response]:
    browser = a_browser(app, address=f"{network}.{number % 250 + 1}")
    return browser, await identified(browser, f"nobody-{number}@example.org")


@pytest.mark.slow
async def test_of_two_hundred_guesses_at_once_as_many_are_looked_at_as_are_free(app: App, hasher: QuickHasher) -> None:
    await use(app, network_free=10)
    ways = [await at_the_password(app, number) for number in range(BURST)]
    hasher.judged.clear()
    pages = await asyncio.gather(*(browser.submit(page, password=WRONG) for browser, page in ways))
    assert len(hasher.judged) == 10
    assert [bool(puzzle_of(page)[0]) for page in pages].count(True) >= BURST - 10


@pytest.mark.slow
async def test_of_two_hundred_solved_ones_as_many_are_looked_at_as_there_may_be(app: App, hasher: QuickHasher) -> None:
    await use(app, network_free=0, network_most=15, block=False)
    ways = [await at_the_password(app, number) for number in range(BURST)]
    ready = [(browser, await solved(browser, page)) for browser, page in ways]
    hasher.judged.clear()
    pages = await asyncio.gather(*(browser.submit(page, password=WRONG) for browser, page in ready))
    assert len(hasher.judged) == 15
    assert [page.status_code for page in pages].count(429) == BURST - 15


async def test_a_restart_forgets_nothing(app: App, ada: User, make_app: MakeApp, hasher: QuickHasher) -> None:
    await use(app, network_free=3)
    await strangers(app, 3)
    again = await make_app([plugin_of(one) for one in PLUGINS], trusted_proxies=("192.0.2.1",))
    again.kernel.hasher = hasher
    assert puzzle_of(await identified(a_browser(again, address="203.0.113.77")))[0]


async def test_what_is_right_costs_nobody_a_place(app: App, ada: User) -> None:
    await use(app, network_free=2)
    for _ in range(5):
        browser = a_browser(app, address="203.0.113.5")
        assert is_signed_in(await guess(browser, EMAIL, PASSWORD))
    assert asks_for_password(await identified(a_browser(app, address="203.0.113.5")))


async def test_nothing_guessed_costs_nobody_a_place(app: App, ada: User) -> None:
    await use(app, network_free=2)
    for _ in range(5):
        await guess(a_browser(app, address="203.0.113.5"), EMAIL, "")
    assert asks_for_password(await identified(a_browser(app, address="203.0.113.5")))


async def test_beyond_the_second_limit_it_is_refused_in_the_words_of_the_house(
    app: App, ada: User, hasher: QuickHasher
) -> None:
    await use(app, network_free=2, network_most=2, block=False)
    await strangers(app, 2)
    browser = a_browser(app, address="203.0.113.77")
    ours = await browser.submit(await solved(browser, await identified(browser)), password=PASSWORD)
    assert ours.status_code == 429
    await use(app, network_free=1000, network_most=0)
    answered = [await guess(a_browser(app, address="198.51.100.9"), "grace@example.org") for _ in range(6)]
    house = answered[-1]
    assert house.status_code == 429
    assert _sentence(ours) == _sentence(house)


def _sentence(page: httpx2.Response) -> str:
    return page.text.partition('role="alert"')[2].partition("</li>")[0]


@pytest.mark.parametrize(
    ("network", "near", "far"),
    [("203.0.113.{}", "203.0.113.250", "203.0.112.250"), ("2001:db8:7:{}::1", "2001:db8:7:ffff::9", "2001:db8:8::1")],
)
async def test_a_network_is_a_24_or_a_48(app: App, network: str, near: str, far: str) -> None:
    await use(app, network_free=3)
    await strangers(app, 3, network=network)
    assert puzzle_of(await identified(a_browser(app, address=near)))[0]
    assert asks_for_password(await identified(a_browser(app, address=far)))


async def test_the_whole_tenant_has_a_limit_too(app: App) -> None:
    await use(app, tenant_free=4)
    for number in range(4):
        await guess(a_browser(app, address=f"198.51.{number}.7"), f"nobody-{number}@example.org")
    assert puzzle_of(await identified(a_browser(app, address="192.0.2.200")))[0]


async def test_another_tenant_is_not_concerned(app: App) -> None:
    await use(app, network_free=2)
    await app.tenant("globex")
    await strangers(app, 2)
    browser = app.browser("globex", **{"x-forwarded-for": "203.0.113.9"})
    assert asks_for_password(await identified(browser))


# -- lockout as a weapon


async def known(app: App) -> Browser:
    """Ada's browser at home, signed out again."""
    browser = a_browser(app)
    assert is_signed_in(await guess(browser, EMAIL, PASSWORD))
    await app.settle()
    await browser.submit(await browser.get("/sign-out"), action="")
    return browser


async def attacked(app: App, addresses: int, tries: int) -> int:
    """Wrong guesses at Ada's account from so many addresses, each in a network of its own; how many failed."""
    failed = 0
    for number in range(addresses):
        browser = a_browser(app, address=f"10.{number & 255}.{number >> 8 & 255}.7")
        page = await identified(browser)
        for _ in range(tries):
            page = await solved(browser, page) if puzzle_of(page)[0] else page
            page = await browser.submit(page, password=WRONG)
            failed += not is_signed_in(page)
    return failed


@pytest.mark.slow
async def test_the_owner_is_not_shut_out_by_strangers_from_everywhere(app: App, ada: User, hasher: QuickHasher) -> None:
    phone = Authenticator()
    await enrolled_beside(app, phone)
    home = await known(app)
    await use(app, network_free=5, network_most=20, tenant_free=10, stuffing_accounts=0, bits=1)
    assert await attacked(app, ADDRESSES, TRIES) == ADDRESSES * TRIES
    assert is_signed_in(await guess(home, EMAIL, PASSWORD)), "on a known device at the first try"
    hasher.judged.clear()
    await home.submit(await home.get("/sign-out"), action="")
    copied = moved(home, address="203.0.113.66")
    page = await identified(copied)
    page = await solved(copied, page) if puzzle_of(page)[0] else page
    page = await copied.submit(page, password=PASSWORD)
    assert page.status_code == 429, "a copied cookie buys no further guess"
    assert hasher.judged == []

    _, page = await sign_in(app, phone)
    assert is_signed_in(page), "on a new device by a passkey"


async def test_a_blocked_network_shuts_out_no_known_device(app: App, ada: User) -> None:
    home = await known(app)
    await use(app, network_free=3, network_most=3, block=True)
    await strangers(app, 3, network="198.51.100.{}")
    stranger = a_browser(app, address="198.51.100.200")
    assert (await guess_through(stranger, "grace@example.org")).status_code == 429
    assert is_signed_in(await guess(home, EMAIL, PASSWORD))


async def guess_through(browser: Browser, email: str) -> httpx2.Response:
    """A guess of somebody who solves what is asked."""
    page = await identified(browser, email)
    page = await solved(browser, page) if puzzle_of(page)[0] else page
    return await browser.submit(page, password=WRONG)


async def test_a_known_device_of_another_account_is_no_way_to_guess_at_this_one(app: App, ada: User) -> None:
    await a_person(app, "mallory@example.org", password=PASSWORD)
    browser = a_browser(app)
    assert is_signed_in(await guess(browser, "mallory@example.org", PASSWORD))
    await app.settle()
    await browser.submit(await browser.get("/sign-out"), action="")
    await use(app, network_free=0)
    assert puzzle_of(await identified(browser, EMAIL))[0]
    assert asks_for_password(await identified(browser, "mallory@example.org"))
