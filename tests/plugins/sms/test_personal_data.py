"""A person's number in export, erasure and merge."""

from __future__ import annotations

import json

import pytest

from tests.plugins.sms.conftest import NUMBER, OTHER, has_number
from xenia.pages import PersonalData
from xenia.testing.app import App
from xenia.testing.people import a_person
from xenia.users.models import User
from xenia_sms.personal_data import personal_data


@pytest.fixture
def data(app: App) -> PersonalData:
    return personal_data(app.kernel)


async def numbers(app: App, data: PersonalData, user: User) -> list[str]:
    return [one["number"] for one in (await data.export(app.context, user.id))["numbers"]]


async def test_the_export_tells_the_number_and_when(app: App, data: PersonalData, ada: User) -> None:
    await has_number(app, ada)
    [told] = (await data.export(app.context, ada.id))["numbers"]
    assert (told["number"], told["used_at"]) == (NUMBER, None)
    assert told["added_at"]


async def test_erasure_leaves_nothing(app: App, data: PersonalData, ada: User) -> None:
    await has_number(app, ada)
    await data.erase(app.context, ada.id)
    assert await numbers(app, data, ada) == []


async def test_an_erased_person_has_no_number_left_anywhere(app: App, ada: User) -> None:
    await has_number(app, ada)
    await app.kernel.users.erase(app.context, ada.id)
    assert await app.kernel.database.fetchval("SELECT count(*) FROM credentials WHERE kind = 'sms_otp'") == 0


async def test_a_merge_takes_the_number_along_and_undo_brings_it_back(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    await has_number(app, ada)
    record = json.loads(json.dumps(await data.move(app.context, ada.id, grace.id)))
    assert (await numbers(app, data, ada), await numbers(app, data, grace)) == ([], [NUMBER])
    await data.restore(app.context, record)
    assert (await numbers(app, data, ada), await numbers(app, data, grace)) == ([NUMBER], [])


async def test_the_other_account_keeps_its_own_number(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    await has_number(app, ada)
    await has_number(app, grace, OTHER)
    record = json.loads(json.dumps(await data.move(app.context, ada.id, grace.id)))
    assert (await numbers(app, data, ada), await numbers(app, data, grace)) == ([], [OTHER])
    await data.restore(app.context, record)
    assert (await numbers(app, data, ada), await numbers(app, data, grace)) == ([NUMBER], [OTHER])


async def test_what_was_removed_since_a_merge_stays_removed(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    await has_number(app, ada)
    record = await data.move(app.context, ada.id, grace.id)
    await data.erase(app.context, grace.id)
    await data.restore(app.context, record)
    assert await numbers(app, data, ada) == await numbers(app, data, grace) == []
