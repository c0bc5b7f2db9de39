"""A person's password in export, erasure and merge."""

from __future__ import annotations

import json

import pytest

from xenia.pages import PersonalData
from xenia.testing.app import App
from xenia.testing.people import PASSWORD, a_person
from xenia.users.models import User
from xenia_password.personal_data import personal_data
from xenia_password.service import PasswordService

OTHER = "seven otters paint fences"


@pytest.fixture
def data(app: App) -> PersonalData:
    return personal_data(app.kernel)


async def opens(app: App, user: User, password: str) -> bool:
    return await PasswordService(app.kernel).verify(app.context, user.id, password) is not None


async def test_the_export_says_when_it_was_set_and_nothing_else(app: App, data: PersonalData, ada: User) -> None:
    assert list(await data.export(app.context, ada.id)) == ["set_at"]
    grace = await a_person(app, "grace@example.org")
    assert await data.export(app.context, grace.id) == {}


async def test_erasure_leaves_nothing(app: App, data: PersonalData, ada: User) -> None:
    await data.erase(app.context, ada.id)
    assert not await opens(app, ada, PASSWORD)


async def test_a_merge_moves_it_and_undo_brings_it_back(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    record = json.loads(json.dumps(await data.move(app.context, ada.id, grace.id)))
    assert (await opens(app, ada, PASSWORD), await opens(app, grace, PASSWORD)) == (False, True)
    await data.restore(app.context, record)
    assert (await opens(app, ada, PASSWORD), await opens(app, grace, PASSWORD)) == (True, False)


async def test_the_other_account_keeps_its_own(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org", password=OTHER)
    record = await data.move(app.context, ada.id, grace.id)
    assert (await opens(app, grace, OTHER), await opens(app, grace, PASSWORD)) == (True, False)
    await data.restore(app.context, record)
    assert (await opens(app, grace, OTHER), await opens(app, ada, PASSWORD)) == (True, True)


async def test_nobody_has_nothing_to_move(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    await data.restore(app.context, await data.move(app.context, grace.id, ada.id))
    assert await opens(app, ada, PASSWORD)
