"""An application with text messages beside passwords and authenticator apps, a mailbox, and a provider as a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

import xenia_password
import xenia_sms
import xenia_totp
import xenia_web
from tests.plugins.mailed import settled
from tests.plugins.sms.gateway import API_KEY
from xenia.plugin.manifest import plugin_of
from xenia.settings_values import Secret
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_sms.numbers import Number, read
from xenia_sms.service import made
from xenia_sms.settings import Provider, SmsSettings

NUMBER, OTHER = "+4917604069000", "+4917604069001"
METHOD = "method:sms_otp"
JSON_BODY = '{"recipient": "{to}", "message": "{text}", "reference": "{id}", "options": {"class": 1, "flash": false}}'
CODE = re.compile(r"#(\d{6})$")


class Gateway:
    """The provider, as a test sees it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def control(self, **wanted: Any) -> None:
        """Have it misbehave."""
        httpx2.post(f"{self.url}/control", json=wanted, trust_env=False)

    def sent(self, to: str = "") -> list[dict[str, str]]:
        """What it took."""
        found: list[dict[str, str]] = httpx2.get(f"{self.url}/sent", trust_env=False).json()
        return [one for one in found if not to or one["to"] == to]

    def seen(self) -> int:
        """How often it was asked."""
        return int(httpx2.get(f"{self.url}/seen", trust_env=False).json())

    def code(self, to: str = NUMBER) -> str:
        """The code of the newest message to somebody."""
        [*_, newest] = self.sent(to)
        found = CODE.search(newest["text"])
        assert found, newest
        return found[1]


@pytest.fixture(scope="session")
def gateway_process() -> Iterator[Gateway]:
    program = Path(__file__).with_name("gateway.py")
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Gateway(int(process.stdout.readline()))
        finally:
            process.terminate()


@pytest.fixture
def gateway(gateway_process: Gateway) -> Iterator[Gateway]:
    gateway_process.control(reset=True)
    yield gateway_process
    gateway_process.control(reset=True)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(make_app: MakeApp, mailbox: Mailbox, gateway: Gateway) -> App:
    modules = (xenia_password, xenia_sms, xenia_totp, xenia_web)
    made_ = await make_app([*(plugin_of(one) for one in modules), mailbox.plugin])
    await made_.tenant()
    await use(made_, gateway)
    return made_


@pytest.fixture
async def ada(app: App) -> User:
    return await a_person(app, password=PASSWORD)


def settings(gateway: Gateway, **changes: Any) -> SmsSettings:
    """A gateway, two countries, and what else is said."""
    usual: dict[str, Any] = {
        "provider": Provider.HTTP,
        "countries": ("DE", "US"),
        "default_country": "DE",
        "http_url": f"{gateway.url}/send",
        "http_body": JSON_BODY,
        "http_secret_header": "X-Api-Key",
        "http_secret": Secret(API_KEY),
    }
    return SmsSettings(**{**usual, **changes})


async def use(app: App, gateway: Gateway, **changes: Any) -> None:
    """What the tenant decided."""
    await app.kernel.config.put(app.context, SmsSettings, settings(gateway, **changes))


def number(e164: str = NUMBER) -> Number:
    """A number that is one."""
    found = read(e164)
    assert found
    return found


async def has_number(app: App, user: User, e164: str = NUMBER) -> None:
    """The person set it up before."""
    await app.kernel.credentials.add(app.context, user.id, made(number(e164)))


async def retried(app: App) -> None:
    """Whatever waits for another try is tried."""
    await app.kernel.database.execute("UPDATE jobs SET run_at = now()")
    await settled(app)


async def events(app: App, *types: str) -> list[dict[str, Any]]:
    """The data of the tenant's events of these types, oldest first."""
    sql = "SELECT data FROM events WHERE tenant_id = $1 AND type = ANY ($2) ORDER BY id"
    rows = await app.kernel.database.fetch(sql, app.context.tenant, list(types))
    return [json.loads(row["data"]) for row in rows]


def unclocked(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was seen, whichever second it was: how long to wait is told in whole ones."""
    return [{**one, "text": re.sub(r"sent in \d+ second", "sent in N second", one["text"])} for one in told]


def other_than(code: str) -> str:
    """A wrong code."""
    return "000000" if code != "000000" else "111111"
