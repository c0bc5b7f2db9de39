"""A person at a browser whose script works: opens pages, and answers what they want of an authenticator."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import httpx2

from tests.plugins.passkeys.authenticator import Answer, Authenticator, Options
from xenia.events.models import EventQuery
from xenia.testing.app import App, Browser, form_of
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User
from xenia_passkeys.settings import PasskeysSettings

_OPTIONS = re.compile(r"data-options='([^']*)'")
_AUTOMATIC = re.compile(r"data-automatic='([^']*)'")


def options_of(page: httpx2.Response) -> Options:
    """What the page wants of an authenticator."""
    found = _OPTIONS.search(page.text)
    assert found, page.text[:3000]
    options: Options = json.loads(unescape(found[1]))
    return options


def automatic_of(page: httpx2.Response) -> Options:
    """What a browser may do without asking."""
    found = _AUTOMATIC.search(page.text)
    assert found, page.text[:3000]
    options: Options = json.loads(unescape(found[1]))
    return options


async def answer(browser: Browser, page: httpx2.Response, given: Answer) -> httpx2.Response:
    """Send an authenticator's answer with the page's form."""
    return await browser.submit(page, credential=json.dumps(given))


async def beside(browser: Browser, page: httpx2.Response, **fields: str) -> httpx2.Response:
    """Speak to passkeys beside the field for the identifier, as the script does."""
    action, hidden = form_of(page, {"identifier": ""})
    body = {**hidden, "action": "beside:passkey", **fields}
    headers = {"accept": "text/html" if fields else "application/json"}
    return await browser.post(urljoin(str(page.url), action), body, headers=headers)


async def with_password(app: App, email: str = EMAIL, password: str = PASSWORD) -> tuple[Browser, httpx2.Response]:
    """A browser after the password, and what it was shown."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=email)
    return browser, await browser.submit(page, password=password)


async def enrolled(app: App, phone: Authenticator, kind: str = "passkey") -> Browser:
    """A person who signed in with a password and added a key."""
    browser, _ = await with_password(app)
    page = await browser.post(f"/account/enrol/{kind}", {})
    page = await answer(browser, page, phone.create(options_of(page)))
    assert page.status_code == 200, page.text[:2000]
    return browser


async def enrolled_beside(app: App, phone: Authenticator) -> None:
    """The same, for a person who may have keys already: a password alone opens their account."""
    await set_up(app, after_password=False)
    await enrolled(app, phone)


async def set_up(app: App, **settings: Any) -> None:
    """Settings of the tenant."""
    await app.kernel.config.put(app.context, PasskeysSettings, PasskeysSettings(**settings))


async def keys_of(app: App, user: User) -> list[str]:
    """The kinds of key that a person has."""
    found = await app.kernel.credentials.summaries(app.context, user.id)
    return [one.kind for one in found if one.plugin == "passkeys"]


async def asked(app: App) -> tuple[Browser, httpx2.Response, Options]:
    """A cold page, and what the script asks for beside the field."""
    browser = app.browser()
    page = await browser.get("/sign-in")
    told = await beside(browser, page)
    options: Options = told.json()["view"]["data"]["options"]
    return browser, page, options


async def sign_in(app: App, phone: Authenticator) -> tuple[Browser, httpx2.Response]:
    """From a cold page with a passkey alone."""
    browser, page, options = await asked(app)
    return browser, await beside(browser, page, credential=json.dumps(phone.get(options)))


async def sessions_of(app: App, user: User) -> list[tuple[str, tuple[str, ...]]]:
    """Assurance and methods of each session, oldest first."""
    found = await app.kernel.sessions.of_user(app.context, user.id)
    return [(one.acr, one.amr) for one in sorted(found, key=lambda one: one.created_at)]


async def refusals(app: App) -> list[str]:
    """The reasons in the audit log, oldest first."""
    return [str(event["reason"]) for event in await events_of(app, "passkey.refused")]


async def events_of(app: App, type_: str) -> list[dict[str, Any]]:
    """What events of a type tell, oldest first."""
    page = await app.kernel.events.list(app.context, EventQuery(types=(type_,)))
    return [event.data for event in reversed(page.events)]
