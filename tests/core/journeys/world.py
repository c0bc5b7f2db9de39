"""What the tests of journeys share: people on their way, and a plugin that decides about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import cast

import httpx2

from xenia.context import Context
from xenia.journeys.models import LoginAttempt, LoginDecision
from xenia.messages import literal
from xenia.plugin.hookspecs import hookimpl
from xenia.plugin.manifest import Manifest, Plugin
from xenia.sessions.models import Session
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL, PASSWORD
from xenia.users.models import User

SESSION = "xenia-session-acme"
Decide = Callable[[LoginAttempt], Awaitable[LoginDecision | None]]


class Decider:
    """A plugin that answers about sign-ins as a test tells it to."""

    def __init__(self, name: str = "decider") -> None:
        self.name = self.__name__ = name
        self.decide: Decide | None = None
        self.asked: list[LoginAttempt] = []

    @property
    def plugin(self) -> Plugin:
        """To be installed beside others."""
        return Plugin(self.manifest, cast("ModuleType", self))

    @property
    def manifest(self) -> Manifest:
        return Manifest(name=self.name, title=literal("Decider"), summary=literal("Decides."))

    @hookimpl
    async def authorize_login(self, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
        self.asked.append(attempt)
        return await self.decide(attempt) if self.decide else None


async def begun(browser: Browser, path: str = "/sign-in") -> httpx2.Response:
    """The first page of a journey."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    assert "/journey/" in page.url.path, page.url
    return page


async def identified(app: App, email: str = EMAIL) -> tuple[Browser, httpx2.Response]:
    """A browser that said who it is, and the page that asks for a proof."""
    browser = app.browser()
    return browser, await browser.submit(await begun(browser), identifier=email)


async def with_password(app: App, email: str = EMAIL, password: str = PASSWORD) -> tuple[Browser, httpx2.Response]:
    """A browser after the password, and what it was shown."""
    browser, page = await identified(app, email)
    return browser, await browser.submit(page, password=password)


async def signed_in(app: App, email: str = EMAIL) -> Browser:
    """A browser with a session."""
    browser, page = await with_password(app, email)
    assert page.url.path == "/t/acme/account", page.text
    return browser


async def ask_for_two(app: App) -> None:
    """Have the tenant ask everybody for a second factor."""
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=False, required_acr="aal2"))


async def sessions(app: App, user: User) -> tuple[Session, ...]:
    """The person's live sessions."""
    return await app.kernel.sessions.of_user(app.context, user.id)


def own_session(answer: httpx2.Response) -> bool:
    """Whether an answer gives the browser a session."""
    return any(SESSION in cookie and "Max-Age=0" not in cookie for cookie in answer.headers.get_list("set-cookie"))
