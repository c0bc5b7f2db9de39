"""Wrong attempts of strangers don't lock a person out of the devices that they are known to use, and a copied cookie buys nothing."""

from __future__ import annotations

import httpx2

from tests.plugins.devices.support import ELSEWHERE, a_browser, is_signed_in, moved, with_password
from xenia.testing.app import App, Browser
from xenia.testing.fake_hasher import CountingHasher
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User

WRONG = "harbour lanterns drift slowly"
LIMIT = 5


async def known(app: App) -> Browser:
    """Ada's browser at home, signed out again."""
    browser = a_browser(app)
    assert is_signed_in(await with_password(browser))
    await app.settle()
    await browser.submit(await browser.get("/sign-out"), action="")
    return browser


async def exhausted(app: App) -> httpx2.Response:
    """A stranger uses up every attempt of the account."""
    stranger = a_browser(app, address=ELSEWHERE)
    page = await stranger.submit(await stranger.get("/sign-in"), identifier=EMAIL)
    for _ in range(LIMIT + 1):
        page = await stranger.submit(page, password=WRONG)
    assert page.status_code == 429
    return page


async def test_the_owner_gets_in_on_a_known_device_at_the_first_try(app: App, ada: User) -> None:
    browser = await known(app)
    await exhausted(app)
    assert is_signed_in(await with_password(browser))


async def test_a_new_device_is_locked_out_with_the_strangers(app: App, ada: User) -> None:
    await exhausted(app)
    assert (await with_password(a_browser(app))).status_code == 429


async def test_the_owner_s_sign_in_gives_strangers_no_further_guess(app: App, ada: User) -> None:
    browser = await known(app)
    await exhausted(app)
    await with_password(browser)
    assert (await with_password(a_browser(app, address=ELSEWHERE), WRONG)).status_code == 429


async def test_a_copied_cookie_buys_no_further_guess(app: App, ada: User) -> None:
    browser = await known(app)
    await exhausted(app)
    app.kernel.hasher = hasher = CountingHasher()
    page = await with_password(moved(browser, address=ELSEWHERE), PASSWORD)
    assert page.status_code == 429
    assert hasher.work == []


async def test_a_known_device_has_no_more_attempts_than_any_other(app: App, ada: User) -> None:
    browser = await known(app)
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    answers = [(await browser.submit(page, password=WRONG)).status_code for _ in range(LIMIT + 1)]
    assert answers == [422] * LIMIT + [429]
