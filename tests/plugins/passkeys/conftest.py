"""An application with passkeys, passwords, pages and a mailbox; and people who have keys."""

from __future__ import annotations

import pytest

import xenia_passkeys
import xenia_password
import xenia_totp
import xenia_web
from tests.plugins.passkeys.authenticator import Authenticator
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox) -> App:
    plugins = [plugin_of(module) for module in (xenia_passkeys, xenia_password, xenia_totp, xenia_web)]
    made = await make_app([*plugins, mailbox.plugin])
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name="Ada Quillfeather")


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()
