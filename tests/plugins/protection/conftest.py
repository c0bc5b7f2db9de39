"""An application under protection, behind a proxy that says where requests come from, with devices, passwords, passkeys and a mailbox."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import xenia_devices
import xenia_passkeys
import xenia_password
import xenia_protection
import xenia_totp
import xenia_web
from tests.plugins.protection.support import QuickHasher
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User

PLUGINS = (xenia_devices, xenia_passkeys, xenia_password, xenia_protection, xenia_totp, xenia_web)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
def hasher() -> QuickHasher:
    return QuickHasher()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, clock: FrozenClock, hasher: QuickHasher) -> App:
    made = await make_app([*map(plugin_of, PLUGINS), mailbox.plugin], clock=clock, trusted_proxies=("192.0.2.1",))
    made.kernel.hasher = hasher
    await made.tenant()
    await made.kernel.config.put(made.context, SignInSettings, SignInSettings(verified_email=False))
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)
