"""An application with passwords, authenticator apps, pages and a mailbox."""

from __future__ import annotations

import pytest

import xenia_password
import xenia_totp
import xenia_web
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_hasher import CountingHasher
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox) -> App:
    plugins = [plugin_of(module) for module in (xenia_password, xenia_totp, xenia_web)]
    made = await make_app([*plugins, mailbox.plugin])
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name="Ada Quillfeather")


@pytest.fixture
def hasher(app: App, ada: User) -> CountingHasher:
    """Takes the place of the application's own, once Ada has her password."""
    app.kernel.hasher = CountingHasher()
    return app.kernel.hasher
