"""An application with approvals beside passwords, a mailbox, and people with a device."""

from __future__ import annotations

import pytest

import xenia_devices
import xenia_password
import xenia_push
import xenia_web
from tests.plugins.push.phone import Phone, enrolled
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
    modules = (xenia_push, xenia_password, xenia_devices, xenia_web)
    made = await make_app([*map(plugin_of, modules), mailbox.plugin], trusted_proxies=("192.0.2.1",))
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


@pytest.fixture
async def phone(app: App, ada: User) -> Phone:
    """Ada's device."""
    return await enrolled(app)
