"""People who are disabled, signed out elsewhere or change their password while a journey is under way."""

from __future__ import annotations

from datetime import timedelta

from tests.core.journeys.test_transitions import enrolled
from tests.core.journeys.world import ask_for_two, identified, own_session, sessions, signed_in, with_password
from xenia.clock import FrozenClock
from xenia.testing.app import App
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus
from xenia_totp.codes import code_at, step_of
from xenia_totp.recovery import RecoveryCodes


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
    assert await app.kernel.hooks.seed_credential(app.kernel, app.context, ada.id, "password", "another one entirely 9")
    done = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert done.status_code == 403
    assert not own_session(done)
    assert await sessions(app, ada) == ()


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
