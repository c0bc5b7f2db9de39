"""The first page of each way in, and a wrong answer to it, send the same statements for an account as for none: time tells by trips."""

from __future__ import annotations

import json
from typing import Any

import pytest

import xenia_devices
import xenia_email_otp
import xenia_magic_link
import xenia_passkeys
import xenia_password
import xenia_push
import xenia_risk
import xenia_totp
import xenia_web
from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import enrolled_beside
from tests.plugins.seeing import statements
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, MakeApp
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia_push.settings import PushSettings

MODULES = (
    xenia_devices,
    xenia_email_otp,
    xenia_magic_link,
    xenia_passkeys,
    xenia_password,
    xenia_push,
    xenia_risk,
    xenia_totp,
    xenia_web,
)
WAYS: dict[str, dict[str, Any]] = {
    "method:password": {"password": "wrong but long enough"},
    "method:passkey": {"credential": json.dumps({"id": "AAAA", "type": "public-key"})},
    "method:push": {"action": ""},
    "method:email_otp": {"code": "000000"},
    "method:magic_link": {"action": ""},
}


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    made = await make_app([*map(plugin_of, MODULES), Mailbox().plugin])
    await made.tenant()
    await made.kernel.config.put(made.context, PushSettings, PushSettings(first=True))
    await a_person(made, password=PASSWORD)
    await enrolled_beside(made, Authenticator())
    await made.settle()
    return made


@pytest.mark.parametrize("way", WAYS)
async def test_a_way_in_sends_the_same_statements_for_everybody(
    app: App, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    async def said(email: str) -> list[str]:
        browser = app.browser()
        page = await browser.submit(await browser.get("/sign-in"), identifier=email)
        with statements(monkeypatch) as found:
            if way in page.text:
                page = await browser.submit(page, action=way)
            await browser.submit(page, **WAYS[way])
        return found

    known = await said(EMAIL)
    assert len(known) > 4
    assert known == await said("abe@example.org")
