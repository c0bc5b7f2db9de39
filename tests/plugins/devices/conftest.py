"""An application with known devices, passwords, authenticator apps, pages and a mailbox, where devices may be remembered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import xenia_devices
import xenia_password
import xenia_totp
import xenia_web
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_devices.service import DeviceService
from xenia_devices.settings import DevicesSettings

PLUGINS = (xenia_devices, xenia_password, xenia_totp, xenia_web)


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
    made = await make_app([*map(plugin_of, PLUGINS), mailbox.plugin], clock=clock, trusted_proxies=("192.0.2.1",))
    await made.tenant()
    await made.kernel.config.put(made.context, DevicesSettings, DevicesSettings(trust_days=30))
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


@pytest.fixture
def devices(app: App) -> DeviceService:
    return DeviceService(app.kernel)
