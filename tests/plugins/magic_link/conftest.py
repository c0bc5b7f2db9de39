"""An application with links by mail beside passwords, and a mailbox."""

from __future__ import annotations

import re

import httpx2
import pytest

import xenia_magic_link
import xenia_password
import xenia_web
from tests.plugins.mailed import asked_by
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_magic_link.settings import MagicLinkSettings

METHOD = "method:magic_link"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox) -> App:
    modules = (xenia_magic_link, xenia_password, xenia_web)
    made = await make_app([*(plugin_of(one) for one in modules), mailbox.plugin])
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


async def use(app: App, **settings: object) -> None:
    """What the tenant decided."""
    await app.kernel.config.put(app.context, MagicLinkSettings, MagicLinkSettings(**settings))  # type: ignore[arg-type]


async def asked(app: App, browser: Browser, email: str = EMAIL) -> httpx2.Response:
    """The page that waits for a link, which is in the mailbox."""
    return await asked_by(app, browser, METHOD, email)


def links_in(mailbox: Mailbox, address: str = EMAIL) -> list[str]:
    """The links of all mails to somebody, oldest first."""
    return [link for mail in mailbox.to(address) for link in re.findall(r"http\S+/magic-link/\S+", mail.text)]


def number_on(page: httpx2.Response) -> str:
    """The number that another browser must name."""
    found = re.search(r"input-code\" dir=\"ltr\">(\d{2})<", page.text)
    assert found, page.text
    return found[1]
