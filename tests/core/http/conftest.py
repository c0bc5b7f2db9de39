"""An application with everything that is installed, and somebody in it."""

from __future__ import annotations

import pytest

from xenia.plugin.manifest import discover
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox) -> App:
    plugins = [plugin for plugin in discover() if plugin.name != "mail"]
    made = await make_app([*plugins, mailbox.plugin])
    await made.tenant()
    await made.kernel.config.put(made.context, SignInSettings, SignInSettings(verified_email=False))
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name="Ada Quillfeather")
