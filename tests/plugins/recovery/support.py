"""What people do who lost something: set up factors, prove one, ask, come back."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import httpx2

from tests.plugins.mailed import settled
from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import answer, beside, options_of
from tests.plugins.totp.test_journeys import seed_on
from xenia.clock import FrozenClock
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User
from xenia_password.service import PasswordService
from xenia_totp.codes import code_at, step_of

NEW = "seven otters paint fences"
STEP = timedelta(seconds=30)
RESET = re.compile(r"http://localhost:8000/t/acme(/recover/[^\s\"<>]+)")
CODE = re.compile(r"^(\d{6})$", re.MULTILINE)


def code_of(seed: str, clock: FrozenClock) -> str:
    """A code that no step used before."""
    clock.advance(STEP)
    return code_at(seed, step_of(clock.now()))


async def signed_in(app: App, password: str = PASSWORD) -> Browser:
    """A browser of hers, by the password alone."""
    browser, page = await with_password(app, password=password)
    assert page.url.path.endswith("/account"), page.text
    return browser


async def with_password(app: App, email: str = EMAIL, password: str = PASSWORD) -> tuple[Browser, httpx2.Response]:
    """A browser after the password, and what it was shown."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=email)
    return browser, await browser.submit(page, password=password)


async def with_app(app: App, clock: FrozenClock) -> str:
    """She sets up an authenticator app; its seed."""
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/totp", {})
    seed = seed_on(page)
    page = await browser.submit(page, code=code_of(seed, clock), label="Phone")
    assert page.status_code == 200, page.text
    return seed


async def with_passkey(app: App, phone: Authenticator) -> None:
    """She adds a passkey."""
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/passkey", {})
    page = await answer(browser, page, phone.create(options_of(page)))
    assert page.status_code == 200, page.text


async def by_mail(app: App, mailbox: Mailbox, browser: Browser, start: str = "/recover/account") -> httpx2.Response:
    """What is shown after a code from the mailbox."""
    await app.kernel.database.execute("DELETE FROM counters")
    page = await browser.submit(await browser.get(start), identifier=EMAIL)
    if 'name="code"' not in page.text:
        page = await browser.submit(page, action="method:email_otp")
    await settled(app)
    return await browser.submit(page, code=newest_code(mailbox))


def newest_code(mailbox: Mailbox) -> str:
    """The last code that she was sent."""
    return [str(code) for one in mailbox.to(EMAIL) for code in CODE.findall(one.text)][-1]


async def by_link(app: App, mailbox: Mailbox, browser: Browser) -> httpx2.Response:
    """The page behind a link to reset a password."""
    await browser.submit(await browser.get("/recover"), identifier=EMAIL)
    await app.settle()
    path = [found[1] for one in mailbox.to(EMAIL) if (found := RESET.search(one.text))][-1]
    return await browser.get(path)


async def by_passkey(browser: Browser, phone: Authenticator, start: str = "/recover/account") -> httpx2.Response:
    """What is shown after a passkey, which finds out by itself who she is."""
    page = await browser.get(start)
    told = await beside(browser, page)
    given = json.dumps(phone.get(told.json()["view"]["data"]["options"]))
    return await beside(browser, page, credential=given)


async def opens(app: App, user: User, password: str) -> bool:
    """Whether this is her password."""
    return await PasswordService(app.kernel).verify(app.context, user.id, password) is not None


async def kinds_of(app: App, user: User) -> set[str]:
    """The kinds of what she has enrolled."""
    return {one.kind for one in await app.kernel.credentials.summaries(app.context, user.id)}


async def acrs_of(app: App, user: User) -> list[str]:
    """The assurance of each of her sessions, the newest last."""
    found = await app.kernel.sessions.of_user(app.context, user.id)
    return [one.acr for one in sorted(found, key=lambda one: one.created_at)]
