"""An application with codes by mail beside passwords and authenticator apps, and a mailbox."""

from __future__ import annotations

import re

import httpx2
import pytest

import xenia_email_otp
import xenia_password
import xenia_totp
import xenia_web
from tests.plugins.mailed import asked_by
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_email_otp.settings import EmailOtpSettings

METHOD = "method:email_otp"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox) -> App:
    modules = (xenia_email_otp, xenia_password, xenia_totp, xenia_web)
    made = await make_app([*(plugin_of(one) for one in modules), mailbox.plugin])
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


async def use(app: App, **settings: object) -> None:
    """What the tenant decided."""
    await app.kernel.config.put(app.context, EmailOtpSettings, EmailOtpSettings(**settings))  # type: ignore[arg-type]


async def asked(app: App, browser: Browser, email: str = EMAIL) -> httpx2.Response:
    """The page that waits for a code, which is in the mailbox."""
    return await asked_by(app, browser, METHOD, email)


def code_in(mailbox: Mailbox, address: str = EMAIL) -> str:
    """The code of the newest mail to somebody."""
    found = [code for mail in mailbox.to(address) for code in re.findall(r"^(\d{6})$", mail.text, re.MULTILINE)]
    assert found, mailbox.messages
    return str(found[-1])


def other_than(code: str) -> str:
    """A wrong code."""
    return "000000" if code != "000000" else "111111"
