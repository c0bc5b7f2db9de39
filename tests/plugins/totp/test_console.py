"""The console's page of a person shows their recovery codes as one row, and removes them together."""

from __future__ import annotations

import re
from html import unescape

import pytest

import xenia_totp
from tests.plugins.admin.conftest import World
from tests.plugins.consoles import with_console
from xenia.credentials.models import NewCredential
from xenia.plugin.manifest import plugin_of
from xenia.testing.app import App, Browser, MakeApp
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_totp.recovery import KIND, RecoveryCodes


@pytest.fixture
async def app(make_app: MakeApp) -> App:
    return await with_console(make_app, plugin_of(xenia_totp))


@pytest.fixture
async def chief(app: App) -> Browser:
    return await World(app).administrator()


@pytest.fixture
async def ada(app: App) -> User:
    """She has an app and recovery codes beside her password."""
    person = await a_person(app, password=PASSWORD)
    phone = NewCredential(plugin="totp", kind="totp", data=b"", label="Phone", second=True)
    await app.kernel.credentials.add(app.context, person.id, phone)
    for code in (await RecoveryCodes(app.kernel).made(app.context))[1]:
        await app.kernel.credentials.add(app.context, person.id, code)
    return person


async def kinds(app: App, user: User) -> list[str]:
    return sorted(one.kind for one in await app.kernel.credentials.summaries(app.context, user.id))


async def test_recovery_codes_are_one_row_and_go_together(app: App, chief: Browser, ada: User) -> None:
    count = (await kinds(app, ada)).count(KIND)
    assert count > 1
    place = f"/console/acme/users/{ada.id}"
    page = unescape((await chief.get(place)).text)
    ways = re.findall(rf"{place}/credentials/[\w-]+/remove", page)
    assert len(ways) == 3
    assert page.count("Recovery codes") == 1
    assert f"{count} left" in page
    [codes] = [one.id for one in await app.kernel.credentials.summaries(app.context, ada.id) if one.kind == KIND][:1]
    question = unescape((await chief.get(f"{place}/credentials/{codes}/remove")).text)
    assert "Removed together" in question
    assert "2 ways to sign in are left" in question
    assert "Removed." in (await chief.post(f"{place}/credentials/{codes}/remove", {})).text
    assert await kinds(app, ada) == ["password", "totp"]


async def test_what_is_no_set_is_removed_one_by_one(app: App, chief: Browser, ada: User) -> None:
    other = NewCredential(plugin="totp", kind="totp", data=b"", label="Tablet", second=True)
    id_ = await app.kernel.credentials.add(app.context, ada.id, other)
    await chief.post(f"/console/acme/users/{ada.id}/credentials/{id_}/remove", {})
    assert (await kinds(app, ada)).count("totp") == 1
