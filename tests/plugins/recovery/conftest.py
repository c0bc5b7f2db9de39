"""An application with every first and second factor, pages and a mailbox, and people who lose some of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import xenia_email_otp
import xenia_passkeys
import xenia_password
import xenia_recovery
import xenia_totp
import xenia_web
from tests.plugins.passkeys.authenticator import Authenticator
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User

MODULES = (xenia_email_otp, xenia_passkeys, xenia_password, xenia_recovery, xenia_totp, xenia_web)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step of thirty seconds."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, clock: FrozenClock) -> App:
    made = await make_app([*map(plugin_of, MODULES), mailbox.plugin], clock=clock)
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name="Ada Quillfeather")


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()
