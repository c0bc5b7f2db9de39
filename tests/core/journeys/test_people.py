"""People who are disabled, signed out elsewhere or change their password while a journey is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextvars import Context as ContextVars
from datetime import timedelta
from typing import Any

import pytest

from tests.core.journeys.test_transitions import enrolled
from tests.core.journeys.world import Decider, ask_for_two, identified, own_session, sessions, signed_in, with_password
from xenia.clock import FrozenClock
from xenia.credentials.models import NewCredential
from xenia.db import Database
from xenia.journeys.models import LoginAttempt
from xenia.testing.app import App
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus
from xenia_totp.codes import code_at, step_of
from xenia_totp.recovery import RecoveryCodes


async def elsewhere(work: Coroutine[Any, Any, Any]) -> None:
    """Do it as another request would, which shares nothing with this one."""
    await asyncio.create_task(work, context=ContextVars())


def asked_of_the_database(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements from now on."""
    asked: list[str] = []

    run = Database._run  # every statement goes this way, those of several callers too

    async def recording(self: Database, verb: str, sql: str, args: Sequence[Any]) -> Any:
        asked.append(" ".join(sql.split()))
        return await run(self, verb, sql, args)

    monkeypatch.setattr(Database, "_run", recording)
    return asked


async def test_a_disabled_person_gets_no_session_by_the_right_password(app: App, ada: User) -> None:
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    _browser, page = await with_password(app)
    assert page.status_code in (403, 422)
    assert not own_session(page)


async def test_one_who_is_disabled_between_password_and_code_gets_no_session(
    app: App, ada: User, clock: FrozenClock
) -> None:
    seed = await enrolled(app, clock)
    browser, page = await with_password(app)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    done = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert done.status_code in (403, 422)
    assert not own_session(done)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.ACTIVE)
    assert await sessions(app, ada) == ()


async def test_a_password_that_was_changed_since_it_was_proven_opens_nothing(
    app: App, ada: User, clock: FrozenClock
) -> None:
    seed = await enrolled(app, clock)
    browser, page = await with_password(app)
    assert await app.kernel.hooks.seed_credential(app.context, ada.id, "password", "another one entirely 9")
    done = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert done.status_code == 403
    assert not own_session(done)
    assert await sessions(app, ada) == ()


async def test_one_who_is_disabled_at_the_last_moment_gets_no_session(app: App, ada: User, decider: Decider) -> None:
    """Everything was looked at before; the statement that begins the session has the last word."""

    async def decide(_: LoginAttempt) -> None:
        await elsewhere(app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED))

    decider.decide = decide
    _browser, page = await with_password(app)
    assert page.status_code == 403
    assert not own_session(page)
    assert await sessions(app, ada) == ()


async def test_a_password_that_is_changed_at_the_last_moment_opens_nothing(
    app: App, ada: User, decider: Decider
) -> None:
    async def decide(_: LoginAttempt) -> None:
        await elsewhere(app.kernel.credentials.remove_kind(app.context, ada.id, "password"))

    decider.decide = decide
    browser, page = await with_password(app)
    assert page.status_code == 403
    assert not own_session(page)
    assert await sessions(app, ada) == ()
    assert (await browser.get(str(page.url))).status_code == 403


async def test_a_second_factor_that_comes_at_the_last_moment_is_asked_for(
    app: App, ada: User, decider: Decider
) -> None:
    app_of_hers = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXP", second=True)

    async def decide(_: LoginAttempt) -> None:
        decider.decide = None
        await elsewhere(app.kernel.credentials.add(app.context, ada.id, app_of_hers))

    decider.decide = decide
    browser, page = await with_password(app)
    assert not own_session(page)
    assert await sessions(app, ada) == ()
    page = await browser.submit(page, password=PASSWORD)
    assert 'name="code"' in page.text
    assert not own_session(page)


async def test_what_was_proven_with_is_stamped_as_used_when_the_session_begins(app: App, ada: User) -> None:
    async def stamps() -> list[bool]:
        return [one.used_at is not None for one in await app.kernel.credentials.summaries(app.context, ada.id)]

    await with_password(app, password="not the right one 3")
    assert await stamps() == [False]
    await with_password(app)
    assert await stamps() == [True]


async def test_a_right_password_looks_at_a_person_once(app: App, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods, steps, policy and the last decision ask for the same; what holds is asked once more by what is written."""
    browser, page = await identified(app)
    asked = asked_of_the_database(monkeypatch)
    assert (await browser.submit(page, password=PASSWORD)).url.path == "/t/acme/account"
    before = asked[: next(at for at, sql in enumerate(asked) if "INSERT INTO sessions" in sql)]
    assert sum("FROM credentials WHERE" in sql for sql in before) == 1
    assert sum("FROM users u WHERE" in sql for sql in before) == 1
    assert sum("UPDATE journeys" in sql for sql in asked) == 1


async def test_a_recovery_code_that_is_spent_still_counts_for_the_journey_it_was_spent_in(
    app: App, ada: User, clock: FrozenClock
) -> None:
    await enrolled(app, clock)
    codes = await _fresh_codes(app, ada)
    browser, page = await with_password(app)
    page = await browser.submit(page, action="method:recovery_code")
    done = await browser.submit(page, code=codes[0])
    assert done.url.path == "/t/acme/account"


async def _fresh_codes(app: App, ada: User) -> list[str]:
    codes, credentials = await RecoveryCodes(app.kernel).made(app.context)
    for credential in credentials:
        await app.kernel.credentials.add(app.context, ada.id, credential)
    return list(codes)


async def test_a_journey_that_goes_on_from_a_session_ends_with_it(app: App, ada: User) -> None:
    """A thief of a session begins an enrolment; the owner signs out everywhere; what the thief began is over."""
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/totp", {})
    assert "otpauth" in page.text
    await app.kernel.sessions.end_all(app.context, ada.id, reason="test")
    for answer in (await browser.get(str(page.url)), await browser.submit(page, code="123456")):
        assert answer.status_code == 404
        assert not own_session(answer)
    assert await sessions(app, ada) == ()


async def test_a_journey_of_one_persons_session_does_not_go_on_in_anothers(app: App, ada: User) -> None:
    await a_person(app, "grace@example.org", password=PASSWORD)
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/totp", {})
    assert EMAIL in page.text
    second = await browser.submit(await browser.get("/sign-in"), identifier="grace@example.org")
    await browser.submit(second, password=PASSWORD)
    assert (await browser.submit(page, code="123456")).status_code == 404


async def test_an_enrolment_asks_for_a_fresh_sign_in(app: App, ada: User, clock: FrozenClock) -> None:
    browser = await signed_in(app)
    clock.advance(timedelta(minutes=20))
    page = await browser.post("/account/enrol/totp", {})
    assert "otpauth" not in page.text
    assert 'name="password"' in page.text
    page = await browser.submit(page, password=PASSWORD)
    assert "otpauth" in page.text


async def test_a_second_factor_is_removed_only_by_whoever_shows_it(app: App, ada: User, clock: FrozenClock) -> None:
    before = await signed_in(app)
    seed = await enrolled(app, clock)
    (credential,) = [one for one in await app.kernel.credentials.summaries(app.context, ada.id) if one.second]
    way = f"/account/credentials/{credential.id}/remove"
    assert 'name="code"' in (await before.get(way)).text
    page = await before.post(way, {})
    assert 'name="code"' in page.text
    await before.submit(page, code=code_at(seed, step_of(clock.now())))
    await before.post(way, {})
    assert not any(one.second for one in await app.kernel.credentials.summaries(app.context, ada.id))


async def test_an_enrolment_by_a_stranger_asks_who_it_is(app: App, ada: User) -> None:
    answer = await app.browser().post("/account/enrol/totp", {}, follow=False)
    assert answer.status_code == 303
    assert "/journey/" in answer.headers["location"]


async def test_a_policy_that_nobody_can_fulfil_refuses_and_never_weakens(app: App, ada: User) -> None:
    await ask_for_two(app)
    await app.kernel.tenants.change(app.context, "acme", plugins=frozenset({"password", "web", "decider"}))
    _browser, page = await with_password(app)
    assert page.status_code == 403
    assert await sessions(app, ada) == ()


async def test_a_factor_whose_plugin_was_switched_off_is_missed_not_skipped(
    app: App, ada: User, clock: FrozenClock
) -> None:
    await enrolled(app, clock)
    browser, page = await identified(app)
    await app.kernel.tenants.change(app.context, "acme", plugins=frozenset({"password", "web", "decider"}))
    done = await browser.submit(page, password=PASSWORD)
    assert done.status_code == 403
    assert not own_session(done)
    assert await sessions(app, ada) == ()
