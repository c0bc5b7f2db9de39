"""Signing in with a password: who gets in, and what the others can tell."""

from __future__ import annotations

from typing import Any, cast

import pytest
from nacl import pwhash

from xenia.credentials.models import NewCredential
from xenia.errors import Unavailable
from xenia.journeys.contracts import Form
from xenia.journeys.models import Goal, Proven, Refused
from xenia.sessions.models import Factor
from xenia.testing.app import App
from xenia.testing.fake_hasher import CountingHasher
from xenia.testing.people import PASSWORD, a_journey, a_person, visiting
from xenia.users.models import User
from xenia_password.method import PasswordMethod
from xenia_password.service import PasswordService


@pytest.fixture
def method(app: App) -> PasswordMethod:
    return PasswordMethod(app.kernel, PasswordService(app.kernel))


async def tried(method: PasswordMethod, app: App, user: User | None, form: Any) -> Proven | Refused:
    """What the method says of a form."""
    return await method.complete(visiting(app), a_journey(app, user), cast("Form", form))


async def test_the_right_password_is_a_proof(app: App, method: PasswordMethod, ada: User) -> None:
    outcome = await tried(method, app, ada, {"password": PASSWORD})
    assert isinstance(outcome, Proven)
    assert outcome.user_id == ada.id
    assert outcome.proof.amr == ("pwd",)
    assert outcome.proof.factors == frozenset({Factor.KNOWLEDGE})
    [stored] = await app.kernel.credentials.of_user(app.context, ada.id, "password")
    assert outcome.proof.credential == stored.id


@pytest.mark.parametrize("typed", [PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], "x" * 100_000])
async def test_it_is_compared_exactly_as_it_was_typed(app: App, method: PasswordMethod, ada: User, typed: str) -> None:
    assert isinstance(await tried(method, app, ada, {"password": typed}), Refused)


@pytest.mark.parametrize("form", [{}, {"password": ""}, {"password": None}, {"password": [PASSWORD]}, {"password": {}}])
@pytest.mark.parametrize("known", [True, False])
async def test_none_empty_and_lists_open_nothing_and_are_no_guess(
    app: App, method: PasswordMethod, hasher: CountingHasher, ada: User, form: dict[str, object], known: bool
) -> None:
    outcome = await tried(method, app, ada if known else None, form)
    assert isinstance(outcome, Refused)
    assert not outcome.counts
    assert hasher.work.count("verify") == 0


async def test_an_account_without_a_password_has_no_empty_one(app: App, method: PasswordMethod) -> None:
    grace = await a_person(app, "grace@example.org")
    for typed in ("", " ", "None", "null"):
        assert isinstance(await tried(method, app, grace, {"password": typed}), Refused)


async def test_an_unknown_account_costs_what_a_wrong_password_costs(
    app: App, method: PasswordMethod, hasher: CountingHasher, ada: User
) -> None:
    grace = await a_person(app, "grace@example.org")
    answers = []
    for user in (ada, grace, None):
        hasher.work.clear()
        answers.append((await tried(method, app, user, {"password": "wrong but long enough"}), tuple(hasher.work)))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][1] == ("verify",)


async def test_the_view_is_the_same_for_every_account(app: App, method: PasswordMethod, ada: User) -> None:
    views = [await method.begin(visiting(app), a_journey(app, user)) for user in (ada, None)]
    assert views[0] == views[1]


async def test_it_is_offered_to_everybody_who_is_unknown(app: App, method: PasswordMethod, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    assert [await method.available(visiting(app), a_journey(app, user)) for user in (ada, grace, None)] == [True] * 3


async def test_it_is_offered_for_a_step_up_only_to_those_who_have_one(
    app: App, method: PasswordMethod, ada: User
) -> None:
    grace = await a_person(app, "grace@example.org")
    asked = [a_journey(app, user, goal=Goal.STEP_UP, session=user.id) for user in (ada, grace)]
    assert [await method.available(visiting(app), journey) for journey in asked] == [True, False]


async def test_another_keyboard_types_the_same_password(app: App, method: PasswordMethod) -> None:
    user = await a_person(app, "zoe@example.org", password="zo\u00eb räumt ﬁxe dinge auf")
    outcome = await tried(method, app, user, {"password": "zoe\u0308 ra\u0308umt fixe dinge auf"})
    assert isinstance(outcome, Proven)


async def old_hash(app: App, user: User) -> None:
    """Gives a user a password under parameters of long ago."""
    encoded = pwhash.argon2id.str(PASSWORD.encode(), opslimit=1, memlimit=8192 * 1024)
    new = NewCredential(plugin="password", kind="password", data=encoded.rstrip(b"\0"), replaces=True)
    await app.kernel.credentials.add(app.context, user.id, new)


async def test_an_old_hash_is_renewed_by_a_right_password_only(
    app: App, method: PasswordMethod, hasher: CountingHasher, ada: User
) -> None:
    await old_hash(app, ada)
    [before] = await app.kernel.credentials.of_user(app.context, ada.id, "password")
    await tried(method, app, ada, {"password": "wrong but long enough"})
    assert (await app.kernel.credentials.of_user(app.context, ada.id, "password"))[0].data == before.data
    assert isinstance(await tried(method, app, ada, {"password": PASSWORD}), Proven)
    [after] = await app.kernel.credentials.of_user(app.context, ada.id, "password")
    assert after.id == before.id
    assert not hasher.needs_rehash(after.data.decode())
    assert isinstance(await tried(method, app, ada, {"password": PASSWORD}), Proven)
    assert hasher.work.count("hash") == 1


async def test_a_full_queue_does_not_keep_a_person_out(
    app: App, method: PasswordMethod, hasher: CountingHasher, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(text: str) -> str:
        raise Unavailable("full")

    await old_hash(app, ada)
    monkeypatch.setattr(hasher, "hash", busy)
    assert isinstance(await tried(method, app, ada, {"password": PASSWORD}), Proven)


async def test_a_seeded_password_is_stored_once(app: App, ada: User) -> None:
    [before] = await app.kernel.credentials.of_user(app.context, ada.id, "password")
    assert await app.kernel.hooks.seed_credential(app.context, ada.id, "password", PASSWORD)
    [after] = await app.kernel.credentials.of_user(app.context, ada.id, "password")
    assert after.id == before.id
    assert not await app.kernel.hooks.seed_credential(app.context, ada.id, "totp", "SEED")
    assert not await app.kernel.hooks.seed_credential(app.context, ada.id, "password", "")
