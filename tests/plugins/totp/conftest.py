"""An application with authenticator apps, passwords, pages, a mailbox and a clock that stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import xenia_password
import xenia_totp
import xenia_web
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, clock: FrozenClock) -> App:
    plugins = [plugin_of(module) for module in (xenia_password, xenia_totp, xenia_web)]
    made = await make_app([*plugins, mailbox.plugin], clock=clock)
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name="Ada Quillfeather")
