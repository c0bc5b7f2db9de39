"""A code by text message, after a password or, where the tenant wants that, before anything else."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from tests.plugins.mailed import asked_by, forget_limits, identified, is_signed_in, sessions, settled
from tests.plugins.sms.conftest import METHOD, NUMBER, OTHER, Gateway, has_number, other_than, use
from xenia.sessions.models import Factor
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus
from xenia_sms.service import KIND


@pytest.fixture(autouse=True)
async def _equipped(app: App, ada: User) -> None:
    """Ada has a number."""
    await has_number(app, ada)


async def with_password(app: App, browser: Browser) -> httpx2.Response:
    """The page after the password, and the message is out."""
    page = await browser.submit(await identified(browser), password=PASSWORD)
    await settled(app)
    return page


async def test_a_code_after_the_password_makes_two_factors(app: App, gateway: Gateway, ada: User) -> None:
    browser = app.browser()
    page = await with_password(app, browser)
    assert await sessions(app) == 0
    assert is_signed_in(await browser.submit(page, code=gateway.code()))
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert (session.acr, session.amr) == ("aal2", ("pwd", "otp", "sms", "mfa"))
    assert session.proofs[-1].factors == frozenset({Factor.POSSESSION})
    [number] = await app.kernel.credentials.of_user(app.context, ada.id, KIND)
    assert session.proofs[-1].credential == number.id
    assert number.used_at


async def test_the_message_says_what_it_is_for_in_the_persons_language(app: App, gateway: Gateway, ada: User) -> None:
    await app.kernel.users.set_locale(app.context, ada.id, "de")
    await with_password(app, app.browser())
    [message] = gateway.sent()
    assert message["text"].startswith(f"{gateway.code()} ist Ihr Code zum Anmelden bei Acme Stores.")
    assert message["to"] == NUMBER


@pytest.mark.parametrize("code", ["x" * 5000, "' OR 1=1", "-1", "0" * 7, "\x00", "{code}"])
async def test_odd_codes_are_wrong_codes(app: App, gateway: Gateway, code: str) -> None:
    browser = app.browser()
    page = await with_password(app, browser)
    assert (await browser.submit(page, code=code)).status_code == 422


async def test_an_empty_code_is_no_guess(app: App, gateway: Gateway) -> None:
    browser = app.browser()
    page = await with_password(app, browser)
    for _ in range(8):
        assert (await browser.submit(page, code=" ")).status_code == 422
    assert is_signed_in(await browser.submit(page, code=f" {gateway.code()} "))


async def test_wrong_codes_are_counted_on_the_account_over_all_journeys(app: App, gateway: Gateway) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(attempts=8))
    browser = app.browser()
    page = await with_password(app, browser)
    for _ in range(6):
        page = await browser.submit(page, code=other_than(gateway.code()))
    other = app.browser()
    page = await other.submit(await identified(other), password=PASSWORD)
    page = await other.submit(page, code=gateway.code())
    assert page.status_code == 429
    assert await sessions(app) == 0


async def test_a_code_is_spent_after_five_wrong_ones(app: App, gateway: Gateway) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(attempts=100))
    browser = app.browser()
    page = await with_password(app, browser)
    for _ in range(5):
        page = await browser.submit(page, code=other_than(gateway.code()))
    page = await browser.submit(page, code=gateway.code())
    assert "doesn’t work any more" in page.text


async def test_a_code_posted_fifty_times_at_once_begins_one_session(app: App, gateway: Gateway) -> None:
    browser = app.browser()
    page = await with_password(app, browser)
    code = gateway.code()
    await asyncio.gather(*(browser.submit(page, code=code, follow=False) for _ in range(50)))
    assert await sessions(app) == 1


async def test_a_code_works_in_the_journey_that_asked_for_it_alone(app: App, gateway: Gateway) -> None:
    first, second = app.browser(), app.browser()
    page = await with_password(app, first)
    code = gateway.code()
    other = await with_password(app, second)
    assert (await second.submit(other, code=code)).status_code == 422 or code == gateway.code()
    assert is_signed_in(await first.submit(page, code=code))


async def test_a_new_code_after_a_pause_ends_the_one_before(app: App, gateway: Gateway) -> None:
    browser = app.browser()
    page = await with_password(app, browser)
    first = gateway.code()
    page = await browser.submit(page, action="resend")
    assert page.status_code == 422
    assert "A new code can be sent in" in page.text
    await forget_limits(app)
    page = await browser.submit(page, action="resend")
    await settled(app)
    assert len(gateway.sent()) == 2
    if first != gateway.code():
        page = await browser.submit(page, code=first)
        assert page.status_code == 422
    assert is_signed_in(await browser.submit(page, code=gateway.code()))


async def test_of_twenty_requests_for_another_code_one_is_heard(app: App, gateway: Gateway) -> None:
    browser = app.browser()
    page = await with_password(app, browser)
    await forget_limits(app)
    await asyncio.gather(*(browser.submit(page, action="resend", follow=False) for _ in range(20)))
    await settled(app)
    assert len(gateway.sent()) == 2


async def test_a_number_that_was_changed_meanwhile_gets_the_code_and_a_removed_one_none(
    app: App, gateway: Gateway, ada: User
) -> None:
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    await has_number(app, ada, OTHER)
    await settled(app)
    assert [one["to"] for one in gateway.sent()] == [OTHER]
    await app.kernel.credentials.remove_kind(app.context, ada.id, KIND)
    await forget_limits(app)
    await browser.submit(page, action="resend")
    await settled(app)
    assert len(gateway.sent()) == 1


async def test_a_country_that_was_taken_off_the_list_gets_nothing(app: App, gateway: Gateway) -> None:
    await use(app, gateway, countries=("US",), default_country="")
    page = await with_password(app, app.browser())
    assert "No text message can be sent at the moment" in page.text
    assert gateway.seen() == 0


async def test_without_a_provider_a_second_factor_is_never_left_out(app: App, gateway: Gateway) -> None:
    await app.kernel.config.reset(app.context, "sms")
    page = await with_password(app, app.browser())
    assert not is_signed_in(page)
    assert await sessions(app) == 0


# ------------------------------------------------------------------ as a first proof


async def test_it_is_no_first_proof_unless_the_tenant_says_so(app: App, gateway: Gateway) -> None:
    browser = app.browser()
    page = await identified(browser)
    assert METHOD not in page.text
    await browser.post(str(page.url), {"action": METHOD, "csrf": ""})
    await settled(app)
    assert gateway.seen() == 0


async def test_alone_it_is_one_factor_and_not_the_two_that_were_asked_for(
    app: App, gateway: Gateway, ada: User
) -> None:
    await use(app, gateway, first=True)
    browser = app.browser()
    page = await asked_by(app, browser, METHOD)
    page = await browser.submit(page, code=gateway.code())
    assert not is_signed_in(page)
    assert is_signed_in(await browser.submit(page, password=PASSWORD))
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert session.acr == "aal2"


async def test_nothing_is_sent_before_somebody_chose_it(app: App, gateway: Gateway) -> None:
    await use(app, gateway, first=True)
    page = await identified(app.browser())
    await settled(app)
    assert METHOD in page.text
    assert gateway.seen() == 0


async def test_a_code_of_ones_own_opens_no_other_account_that_the_journey_turns_to(app: App, gateway: Gateway) -> None:
    await use(app, gateway, first=True)
    await has_number(app, await a_person(app, "eve@example.org"), OTHER)
    browser = app.browser()
    page = await asked_by(app, browser, METHOD, "eve@example.org")
    page = await browser.post(str(page.url), {"action": "change"})
    page = await browser.submit(page, identifier=EMAIL)
    page = await browser.submit(page, action=METHOD)
    assert (await browser.submit(page, code=gateway.code(OTHER))).status_code == 422
    assert await sessions(app) == 0


async def test_a_disabled_account_gets_no_code_and_no_session(app: App, gateway: Gateway, ada: User) -> None:
    await use(app, gateway, first=True)
    browser = app.browser()
    page = await asked_by(app, browser, METHOD)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    assert not is_signed_in(await browser.submit(page, code=gateway.code()))
    await forget_limits(app)
    await asked_by(app, app.browser(), METHOD)
    assert len(gateway.sent()) == 1
