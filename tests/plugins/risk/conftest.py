"""An application that judges sign-ins, with files of places, behind a proxy that says where requests come from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import xenia_devices
import xenia_password
import xenia_risk
import xenia_totp
import xenia_web
from tests.plugins.risk.files import LISTED, write
from xenia.clock import FrozenClock
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_risk.reputation import build

PLUGINS = (xenia_devices, xenia_password, xenia_risk, xenia_totp, xenia_web)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def clock() -> FrozenClock:
    """In the middle of a step."""
    now = int(datetime.now(UTC).timestamp())
    return FrozenClock(datetime.fromtimestamp(now - now % 30 + 15, UTC))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A data folder with places, and a list with one address."""
    write(tmp_path)
    (tmp_path / "bad.txt").write_text(f"{LISTED}  # a botnet\n")
    build([tmp_path / "bad.txt"], tmp_path / "risk" / "listed.bin")
    return tmp_path


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, clock: FrozenClock, files: Path) -> App:
    plugins = [*map(plugin_of, PLUGINS), mailbox.plugin]
    made = await make_app(plugins, clock=clock, data_dir=files, trusted_proxies=("192.0.2.1",))
    await made.tenant()
    return made


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)
