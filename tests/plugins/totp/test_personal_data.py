"""A person's apps and codes in export, erasure and merge."""

from __future__ import annotations

import json

import pytest

from xenia.clock import FrozenClock
from xenia.pages import PersonalData
from xenia.testing.app import App
from xenia.testing.people import a_person
from xenia.users.models import User
from xenia_totp.codes import code_at, new_secret, step_of
from xenia_totp.personal_data import personal_data
from xenia_totp.recovery import RecoveryCodes
from xenia_totp.service import TotpService


@pytest.fixture
def data(app: App) -> PersonalData:
    return personal_data(app.kernel)


async def equipped(app: App, user: User, label: str) -> tuple[str, tuple[str, ...]]:
    """Give a user an app and codes; the seed and the codes."""
    seed = new_secret()
    shown, rows = await RecoveryCodes(app.kernel).made(app.context)
    for row in (TotpService(app.kernel).made(seed, 0, label), *rows):
        await app.kernel.credentials.add(app.context, user.id, row)
    return seed, shown


async def test_the_export_tells_names_and_numbers_and_no_secret(app: App, data: PersonalData, ada: User) -> None:
    seed, codes = await equipped(app, ada, "Phone")
    exported = await data.export(app.context, ada.id)
    assert [one["name"] for one in exported["apps"]] == ["Phone"]
    assert exported["recovery_codes_left"] == 10
    assert not [secret for secret in (seed, *codes) if secret in json.dumps(exported)]


async def test_erasure_leaves_nothing(app: App, data: PersonalData, ada: User) -> None:
    await equipped(app, ada, "Phone")
    await data.erase(app.context, ada.id)
    assert await data.export(app.context, ada.id) == {"apps": [], "recovery_codes_left": 0}


async def test_a_merge_moves_everything_and_undo_brings_back_what_is_unspent(
    app: App, data: PersonalData, ada: User, clock: FrozenClock
) -> None:
    grace = await a_person(app, "grace@example.org")
    seed, codes = await equipped(app, ada, "Phone")
    record = json.loads(json.dumps(await data.move(app.context, ada.id, grace.id)))
    apps, recovery = TotpService(app.kernel), RecoveryCodes(app.kernel)
    code = code_at(seed, step_of(clock.now()))
    assert await apps.spend(app.context, grace.id, code)
    assert await recovery.spend(app.context, grace.id, codes[0])
    await data.restore(app.context, record)
    assert await apps.spend(app.context, ada.id, code) is None
    assert await recovery.spend(app.context, ada.id, codes[0]) is None
    assert await recovery.spend(app.context, ada.id, codes[1])
    assert await data.export(app.context, grace.id) == {"apps": [], "recovery_codes_left": 0}


async def test_the_other_account_keeps_its_codes(app: App, data: PersonalData, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    _, mine = await equipped(app, ada, "Phone")
    _, theirs = await equipped(app, grace, "Tablet")
    record = await data.move(app.context, ada.id, grace.id)
    recovery = RecoveryCodes(app.kernel)
    assert len((await data.export(app.context, grace.id))["apps"]) == 2
    assert await recovery.left(app.context, grace.id) == 10
    assert await recovery.spend(app.context, grace.id, theirs[0])
    await data.restore(app.context, record)
    assert await recovery.spend(app.context, ada.id, mine[0])
    assert [one["name"] for one in (await data.export(app.context, grace.id))["apps"]] == ["Tablet"]
