"""An application with passwords, authenticator apps, pages, a mailbox, a clock that stands and a plugin that decides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import xenia_password
import xenia_totp
import xenia_web
from tests.core.journeys.world import Decider
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def decider() -> Decider:
    return Decider()


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step of thirty seconds."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, clock: FrozenClock, decider: Decider) -> App:
    plugins = [plugin_of(module) for module in (xenia_password, xenia_totp, xenia_web)]
    made = await make_app([*plugins, mailbox.plugin, decider.plugin], clock=clock)
    await made.tenant()
    await made.kernel.config.put(made.context, SignInSettings, SignInSettings(verified_email=False))
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD, name="Ada Quillfeather")
