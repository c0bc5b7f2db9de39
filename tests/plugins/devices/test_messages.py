"""A stranger who asks for all the messages of an hour doesn't take that way in from its owner at home."""

from __future__ import annotations

import pytest

import xenia_email_otp
import xenia_magic_link
from tests.plugins.devices.conftest import PLUGINS
from tests.plugins.devices.support import ELSEWHERE, a_browser, is_signed_in, moved, with_password
from tests.plugins.mailed import asked_by, identified
from tests.plugins.seeing import statements
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person

AN_HOUR = 6
WAYS = ("method:email_otp", "method:magic_link")


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox) -> App:
    modules = (*PLUGINS, xenia_email_otp, xenia_magic_link)
    made = await make_app([*map(plugin_of, modules), mailbox.plugin], trusted_proxies=("192.0.2.1",))
    await made.tenant()
    return made


@pytest.fixture
async def home(app: App, mailbox: Mailbox) -> Browser:
    """Where Ada signs in with her password, signed out again."""
    await a_person(app, password=PASSWORD)
    browser = a_browser(app)
    assert is_signed_in(await with_password(browser))
    await app.settle()
    await browser.submit(await browser.get("/sign-out"), action="")
    return browser


async def used_up(app: App, way: str, mailbox: Mailbox) -> None:
    for _ in range(AN_HOUR + 1):
        await asked_by(app, a_browser(app, address=ELSEWHERE), way)
    assert len(mailbox.messages) == AN_HOUR
    mailbox.messages.clear()


@pytest.mark.parametrize("way", WAYS)
async def test_a_known_device_gets_its_message_all_the_same(
    app: App, home: Browser, mailbox: Mailbox, way: str
) -> None:
    await used_up(app, way, mailbox)
    await asked_by(app, home, way)
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_its_messages_have_an_end_too(app: App, home: Browser, mailbox: Mailbox, way: str) -> None:
    for _ in range(AN_HOUR + 2):
        await asked_by(app, home, way)
    assert len(mailbox.messages) == AN_HOUR


@pytest.mark.parametrize("way", WAYS)
async def test_a_copied_cookie_gets_none(app: App, home: Browser, mailbox: Mailbox, way: str) -> None:
    await used_up(app, way, mailbox)
    await asked_by(app, moved(home, address=ELSEWHERE), way)
    assert mailbox.messages == []


@pytest.mark.parametrize("way", WAYS)
async def test_an_address_that_nobody_has_is_looked_at_like_anybody_s(
    app: App, home: Browser, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The look at devices is a trip to the database: were there none for strangers, the time would tell."""

    async def said(email: str) -> list[str]:
        browser = a_browser(app, address=ELSEWHERE)
        page = await identified(browser, email)
        with statements(monkeypatch) as found:
            await browser.submit(page, action=way)
        return found

    known = await said(EMAIL)
    assert known == await said("nobody@example.org")
    assert any("devices_networks" in sql for sql in known)
