"""Browsers of several kinds and places."""

from __future__ import annotations

from datetime import timedelta

import httpx2

from xenia.clock import FrozenClock
from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL, PASSWORD
from xenia_totp.codes import code_at, step_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
NEWER_FIREFOX = FIREFOX.replace("150.0", "152.0")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
HOME, NEIGHBOUR, ELSEWHERE = "198.51.100.7", "198.51.100.99", "203.0.113.5"
STEP = timedelta(seconds=30)


def a_browser(app: App, *, agent: str = FIREFOX, address: str = HOME) -> Browser:
    """A browser of this kind, in this place."""
    return app.browser(**{"user-agent": agent, "x-forwarded-for": address})


def moved(browser: Browser, *, agent: str = FIREFOX, address: str = HOME) -> Browser:
    """The same cookies, sent by this kind of browser from that place."""
    browser.client.headers.update({"user-agent": agent, "x-forwarded-for": address})
    return browser


async def with_password(browser: Browser, password: str = PASSWORD) -> httpx2.Response:
    """What is shown after the password."""
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return await browser.submit(page, password=password)


async def with_both(browser: Browser, seed: str, clock: FrozenClock) -> httpx2.Response:
    """What is shown after the password and a fresh code."""
    clock.advance(STEP)
    return await browser.submit(await with_password(browser), code=code_at(seed, step_of(clock.now())))


def is_signed_in(page: httpx2.Response) -> bool:
    """Whether a page of the account came."""
    return page.status_code == 200 and "/account" in page.url.path
