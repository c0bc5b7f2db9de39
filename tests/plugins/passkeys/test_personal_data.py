"""What a person may ask of their passkeys."""

from __future__ import annotations

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import enrolled, keys_of, sign_in
from xenia.testing.app import App
from xenia.testing.people import a_person
from xenia.users.models import User
from xenia_passkeys.models import OFFER
from xenia_passkeys.personal_data import personal_data


async def test_names_and_times_are_shown_and_no_key(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await app.kernel.snoozes.never(app.context, ada.id, OFFER)
    shown = await personal_data(app.kernel).export(app.context, ada.id)
    (key,) = shown["keys"]
    assert (key["name"], key["kind"], key["backed_up"]) == ("Chromium’s virtual authenticator", "passkey", False)
    assert shown["not_asked_until"] == "never"
    assert "public_key" not in str(shown)


async def test_erasing_leaves_nothing(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await app.kernel.snoozes.put_off(app.context, ada.id, OFFER, 30)
    await personal_data(app.kernel).erase(app.context, ada.id)
    assert await personal_data(app.kernel).export(app.context, ada.id) == {"keys": [], "not_asked_until": None}
    _, page = await sign_in(app, phone)
    assert page.status_code == 422


async def test_keys_go_along_in_a_merge_and_come_back(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    grace = await a_person(app, "grace@example.org")
    record = await personal_data(app.kernel).move(app.context, ada.id, grace.id)
    assert await keys_of(app, ada) == []
    await sign_in(app, phone)
    assert len(await app.kernel.sessions.of_user(app.context, grace.id)) == 1
    await personal_data(app.kernel).restore(app.context, record)
    assert await keys_of(app, grace) == []
    assert await keys_of(app, ada) == ["passkey"]
    _, page = await sign_in(app, phone)
    assert page.url.path.endswith("/account")
