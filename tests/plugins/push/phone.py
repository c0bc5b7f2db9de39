"""The reference device in a test's hands, and the browser beside it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx2

from tests.plugins.push.device import Device
from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL, PASSWORD

LINK = re.compile(r'href="([^"]*/push/enrol#[^"]+)"')
NUMBER = re.compile(r'input-code" dir="ltr">(\d{2})<')
WAITING = re.compile(r'hx-get="([^"]+)"')
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.5"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


class Phone:
    """A device that reaches the application."""

    def __init__(self, app: App, device: Device) -> None:
        self.device = device
        self._browser = app.browser()

    async def post(self, path: str, message: str | bytes, **headers: str) -> httpx2.Response:
        """Send a message to an endpoint."""
        kind = {"content-type": "application/jwt", "accept": "*/*", **headers}
        content = message.encode() if isinstance(message, str) else message
        return await self._browser.client.post(self.device.issuer + path, content=content, headers=kind)

    async def asked(self) -> list[dict[str, Any]]:
        """The open requests."""
        answer = await self.post("/push/challenges", self.device.signed("push-list+jwt"))
        assert answer.status_code == 200, answer.text
        requests: list[dict[str, Any]] = answer.json()["challenges"]
        return requests

    async def answer(self, request: dict[str, Any], number: str = "", **more: Any) -> httpx2.Response:
        """Say something to a request."""
        return await self.post("/push/answers", self.device.answer(request, number, **more))

    async def approve(self, page: httpx2.Response) -> httpx2.Response:
        """Approve the newest request with the number of a page."""
        return await self.answer((await self.asked())[0], number_on(page))


def a_browser(app: App, *, address: str = ELSEWHERE) -> Browser:
    """A browser in a place."""
    return app.browser(**{"user-agent": FIREFOX, "x-forwarded-for": address})


async def with_password(browser: Browser, email: str = EMAIL) -> httpx2.Response:
    """What is shown after the password."""
    page = await browser.submit(await browser.get("/sign-in"), identifier=email)
    return await browser.submit(page, password=PASSWORD)


def number_on(page: httpx2.Response) -> str:
    """The number that is typed into the app."""
    found = NUMBER.search(page.text)
    assert found, page.text
    return found[1]


def waiting_on(page: httpx2.Response) -> str:
    """Where a page asks whether its request is over."""
    found = WAITING.search(unescape(page.text))
    assert found, page.text
    return found[1]


def another(number: str) -> str:
    """A number that isn't this one."""
    return str(10 + (int(number) - 9) % 90)


def link_on(page: httpx2.Response) -> str:
    """What the picture says."""
    found = LINK.search(unescape(page.text))
    assert found, page.text
    return found[1]


async def onward(browser: Browser, page: httpx2.Response, action: str = "") -> httpx2.Response:
    """Press the button."""
    return await browser.submit(page, action=action)


async def begun(app: App, email: str = EMAIL) -> tuple[Browser, httpx2.Response]:
    """A browser of somebody who is signed in, and the page with the picture."""
    browser = a_browser(app)
    await with_password(browser, email)
    return browser, await browser.post("/account/enrol/push", {})


async def registered(app: App, page: httpx2.Response, *, key: Any = None, **more: Any) -> tuple[Phone, str]:
    """A device that scanned the picture, and the number that it shows."""
    link = link_on(page)
    phone = Phone(app, Device(link.partition("/push/enrol")[0], key))
    answer = await phone.post("/push/devices", phone.device.registration(link, **more))
    assert answer.status_code == 200, answer.text
    phone.device.id = answer.json()["device"]
    return phone, answer.json()["number"]


async def enrolled(app: App, email: str = EMAIL, *, key: Any = None, **more: Any) -> Phone:
    """A device of the person with this address."""
    browser, page = await begun(app, email)
    phone, number = await registered(app, page, key=key, **more)
    page = await browser.submit(page, number=number)
    assert page.url.path.endswith("/account/security"), page.text
    return phone


def is_signed_in(page: httpx2.Response) -> bool:
    """Whether a journey ended at the account."""
    return page.status_code == 200 and page.url.path.endswith("/account")


async def later(app: App, span: str) -> None:
    """Let time pass for what this plugin keeps: the database's clock decides, so the past is moved."""
    columns = ("expires_at", "decided_at", "window_ends")
    moved = ", ".join(f"{name} = {name} - interval '{span}'" for name in columns)
    await app.kernel.database.execute(f"UPDATE push_challenges SET {moved}")
    await app.kernel.database.execute(f"UPDATE push_enrolments SET expires_at = expires_at - interval '{span}'")
    await app.kernel.database.execute(f"UPDATE one_time SET expires_at = expires_at - interval '{span}'")
