"""Setting up an app, signing in with it, and without it: through the whole application."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any, cast

import httpx2
import pytest

from xenia.clock import FrozenClock
from xenia.credentials.models import NewCredential
from xenia.journeys.contracts import Form
from xenia.journeys.models import Again, Enrolled, Goal, Refused
from xenia.sessions.models import Factor, Proof
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_journey, a_person, visiting
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of
from xenia_totp.enrolments import RecoveryEnrolment, TotpEnrolment
from xenia_totp.methods import RecoveryMethod, TotpMethod
from xenia_totp.recovery import KIND, RecoveryCodes
from xenia_totp.service import TotpService

KEY = re.compile(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})")
CODE = re.compile(r"<code dir=\"ltr\">([0-9A-Z-]{14})</code>")
STEP = timedelta(seconds=30)


async def with_password(app: App) -> tuple[Browser, httpx2.Response]:
    """A browser after the password, and what it was shown."""
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), identifier=EMAIL)
    return browser, await browser.submit(page, password=PASSWORD)


async def set_up(app: App, clock: FrozenClock) -> tuple[Browser, str, list[str]]:
    """Ada sets up an app: her browser, the seed and the recovery codes."""
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/totp", {})
    seed = seed_on(page)
    page = await browser.submit(page, code=code_at(seed, step_of(clock.now())), label="Work phone")
    codes = CODE.findall(page.text)
    assert len(codes) == 10, page.text
    await onward(browser, page)
    return browser, seed, codes


async def onward(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """Press the button of a page that asks for nothing else."""
    return await browser.submit(page, action="")


def seed_on(page: httpx2.Response) -> str:
    found = KEY.search(page.text)
    assert found, page.text
    return found[1].replace(" ", "")


async def sessions_of(app: App, user: User) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((one.acr, one.amr) for one in await app.kernel.sessions.of_user(app.context, user.id))


async def test_an_app_is_set_up_with_its_codes(app: App, ada: User, clock: FrozenClock) -> None:
    await set_up(app, clock)
    [stored] = await app.kernel.credentials.of_user(app.context, ada.id, "totp")
    assert (stored.label, stored.second, stored.counter) == ("Work phone", True, step_of(clock.now()))
    assert len(await app.kernel.credentials.of_user(app.context, ada.id, KIND)) == 10


async def test_the_page_holds_no_style_and_no_script(app: App, ada: User) -> None:
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/totp", {})
    assert 'role="img"' in page.text
    assert "style=" not in page.text
    assert "otpauth://totp/Acme%20Stores:ada" in unescape(page.text)
    assert "no-store" in page.headers["cache-control"]


async def test_a_page_that_is_loaded_again_shows_the_same_seed(app: App, ada: User) -> None:
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/totp", {})
    assert seed_on(await browser.get(str(page.url))) == seed_on(page)


async def test_a_wrong_first_code_turns_nothing_on(app: App, ada: User, clock: FrozenClock) -> None:
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/totp", {})
    seed = seed_on(page)
    page = await browser.submit(page, code=code_at(seed, step_of(clock.now()) + 5))
    assert page.status_code == 422
    assert seed_on(page) == seed
    assert await app.kernel.credentials.of_user(app.context, ada.id, "totp") == ()


async def test_the_code_is_asked_for_after_the_password(app: App, ada: User, clock: FrozenClock) -> None:
    _, seed, _ = await set_up(app, clock)
    clock.advance(STEP)
    before = await sessions_of(app, ada)
    browser, page = await with_password(app)
    assert 'autocomplete="one-time-code"' in page.text
    assert await sessions_of(app, ada) == before
    await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    after = await sessions_of(app, ada)
    assert len(after) == len(before) + 1
    assert ("aal2", ("pwd", "otp", "mfa")) in after


async def test_the_code_of_the_set_up_opens_nothing(app: App, ada: User, clock: FrozenClock) -> None:
    _, seed, _ = await set_up(app, clock)
    before = await sessions_of(app, ada)
    browser, page = await with_password(app)
    page = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert page.status_code == 422
    assert await sessions_of(app, ada) == before


async def test_a_recovery_code_stands_in_for_the_app(app: App, ada: User, clock: FrozenClock) -> None:
    _, _, codes = await set_up(app, clock)
    before = await sessions_of(app, ada)
    browser, page = await with_password(app)
    page = await browser.submit(page, action="method:recovery_code")
    await browser.submit(page, code=codes[3].lower())
    assert len(await sessions_of(app, ada)) == len(before) + 1
    assert await RecoveryCodes(app.kernel).left(app.context, ada.id) == 9


async def test_wrong_codes_are_counted_and_stopped(app: App, ada: User, clock: FrozenClock) -> None:
    _, seed, _ = await set_up(app, clock)
    clock.advance(STEP)
    browser, page = await with_password(app)
    for _ in range(5):
        page = await browser.submit(page, code="000000")
    assert page.status_code == 429
    page = await browser.submit(page, code=code_at(seed, step_of(clock.now())))
    assert page.status_code == 429


async def test_new_codes_end_the_old_ones(app: App, ada: User, clock: FrozenClock) -> None:
    browser, _, codes = await set_up(app, clock)
    page = await browser.post("/account/enrol/recovery_codes", {})
    page = await onward(browser, page)
    fresh = CODE.findall(page.text)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert await RecoveryCodes(app.kernel).left(app.context, ada.id) == 10


async def test_codes_without_a_factor_are_not_made(app: App, ada: User) -> None:
    enrolment = RecoveryEnrolment(app.kernel, RecoveryCodes(app.kernel))
    journey = a_journey(app, ada, goal=Goal.ENROL)
    assert (await enrolment.begin(visiting(app), journey)).actions == ()
    assert isinstance(await enrolment.complete(visiting(app), journey, {}), Refused)


async def test_a_second_app_leaves_the_codes_alone(app: App, ada: User, clock: FrozenClock) -> None:
    await set_up(app, clock)
    enrolment = TotpEnrolment(app.kernel, TotpService(app.kernel), RecoveryCodes(app.kernel))
    journey = a_journey(app, ada, goal=Goal.ENROL)
    begun = await enrolment.begin(visiting(app), journey)
    assert isinstance(begun, Again)
    assert begun.remember is not None
    secret = begun.remember["secret"]
    journey = a_journey(app, ada, goal=Goal.ENROL, data={"totp": {"secret": secret}})
    form = {"code": code_at(secret, step_of(clock.now()))}
    done = await enrolment.complete(visiting(app), journey, form)
    assert isinstance(done, Enrolled)
    assert [one.kind for one in done.credentials] == ["totp"]
    assert done.view is None


async def test_nothing_can_be_completed_that_was_not_begun(app: App, ada: User) -> None:
    enrolment = TotpEnrolment(app.kernel, TotpService(app.kernel), RecoveryCodes(app.kernel))
    outcome = await enrolment.complete(visiting(app), a_journey(app, ada, goal=Goal.ENROL), {"code": "123456"})
    assert isinstance(outcome, Again)


async def test_neither_is_offered_before_something_was_proven(app: App, ada: User, clock: FrozenClock) -> None:
    await set_up(app, clock)
    methods = (TotpMethod(app.kernel, TotpService(app.kernel)), RecoveryMethod(app.kernel, RecoveryCodes(app.kernel)))
    proof = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=clock.now())
    for method in methods:
        assert not method.primary
        assert not await method.available(visiting(app), a_journey(app, ada))
        assert await method.available(visiting(app), a_journey(app, ada, proofs=(proof,)))
        assert not await method.available(visiting(app), a_journey(app, None, proofs=(proof,)))


async def test_they_are_offered_only_to_those_who_have_them(app: App, clock: FrozenClock) -> None:
    grace = await a_person(app, "grace@example.org")
    proof = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=clock.now())
    journey = a_journey(app, grace, proofs=(proof,))
    assert not await TotpMethod(app.kernel, TotpService(app.kernel)).available(visiting(app), journey)
    assert not await RecoveryMethod(app.kernel, RecoveryCodes(app.kernel)).available(visiting(app), journey)


@pytest.mark.parametrize("form", [{}, {"code": ""}, {"code": "  "}, {"code": None}, {"code": ["000000"]}])
async def test_none_empty_and_lists_open_nothing_and_are_no_guess(app: App, ada: User, form: dict[str, Any]) -> None:
    journey = a_journey(app, ada)
    for method in (
        TotpMethod(app.kernel, TotpService(app.kernel)),
        RecoveryMethod(app.kernel, RecoveryCodes(app.kernel)),
    ):
        outcome = await method.complete(visiting(app), journey, cast("Form", form))
        assert isinstance(outcome, Refused)
        assert not outcome.counts


async def test_codes_end_with_the_last_second_factor(app: App, ada: User, clock: FrozenClock, mailbox: Mailbox) -> None:
    await set_up(app, clock)
    passkey = NewCredential(plugin="passkeys", kind="passkey", data=b"key", second=True)
    key = await app.kernel.credentials.add(app.context, ada.id, passkey)
    await app.kernel.credentials.remove_kind(app.context, ada.id, "totp")
    await app.settle()
    assert await RecoveryCodes(app.kernel).left(app.context, ada.id) == 10
    await app.kernel.credentials.remove(app.context, ada.id, key)
    await app.settle()
    assert await RecoveryCodes(app.kernel).left(app.context, ada.id) == 0


async def test_the_person_is_told_of_an_app_that_comes_and_goes(
    app: App, ada: User, clock: FrozenClock, mailbox: Mailbox
) -> None:
    await set_up(app, clock)
    await app.settle()
    await app.kernel.credentials.remove_kind(app.context, ada.id, "totp")
    await app.settle()
    told = [one.subject for one in mailbox.to(EMAIL) if "authenticator" in one.subject]
    assert told == ["An authenticator app was added", "An authenticator app was removed"]
