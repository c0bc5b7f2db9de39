"""A code by mail signs one person in, once, in the browser that asked for it."""

from __future__ import annotations

import asyncio

import pytest

from tests.plugins.email_otp.conftest import METHOD, asked, code_in, other_than, use
from tests.plugins.mailed import forget_limits, identified, is_signed_in, sessions, settled
from xenia.credentials.models import NewCredential
from xenia.sessions.models import Factor
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User, UserStatus
from xenia_email_otp.settings import Place

pytestmark = pytest.mark.usefixtures("ada")


async def test_a_code_from_the_mailbox_signs_in(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    assert is_signed_in(await browser.submit(page, code=code_in(mailbox)))
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert (session.acr, session.amr) == ("aal1", ("otp",))
    assert session.proofs[0].factors == frozenset({Factor.MAILBOX})


async def test_spaces_around_and_in_a_code_are_forgiven(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    code = code_in(mailbox)
    assert is_signed_in(await browser.submit(page, code=f" {code[:3]} {code[3:]} "))


async def test_nothing_is_sent_before_somebody_chose_it(app: App, mailbox: Mailbox) -> None:
    page = await identified(app.browser())
    await settled(app)
    assert 'name="password"' in page.text
    assert METHOD in page.text
    assert mailbox.messages == []


async def test_where_it_is_preferred_it_comes_first_and_a_password_will_do_too(app: App, mailbox: Mailbox) -> None:
    await use(app, first=Place.PREFERRED)
    browser = app.browser()
    page = await identified(browser)
    await settled(app)
    assert 'name="code"' in page.text
    assert len(mailbox.messages) == 1
    page = await browser.submit(page, action="method:password")
    assert is_signed_in(await browser.submit(page, password=PASSWORD))


async def test_where_it_may_not_come_first_it_is_not_offered_and_not_taken(app: App, mailbox: Mailbox) -> None:
    await use(app, first=Place.NEVER)
    browser = app.browser()
    page = await identified(browser)
    assert METHOD not in page.text
    page = await browser.post(str(page.url), {"action": METHOD, "csrf": ""})
    await settled(app)
    assert mailbox.messages == []


async def test_loading_the_page_again_sends_nothing_again(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    for _ in range(3):
        await browser.get(str(page.url))
    await settled(app)
    assert len(mailbox.messages) == 1


async def test_a_code_is_spent_after_five_wrong_ones(app: App, mailbox: Mailbox) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(attempts=100))
    browser = app.browser()
    page = await asked(app, browser)
    code = code_in(mailbox)
    for _ in range(5):
        page = await browser.submit(page, code=other_than(code))
        assert page.status_code == 422
    page = await browser.submit(page, code=code)
    assert "doesn’t work any more" in page.text


async def test_a_code_works_in_the_journey_that_asked_for_it_alone(app: App, mailbox: Mailbox) -> None:
    first, second = app.browser(), app.browser()
    page = await asked(app, first)
    code = code_in(mailbox)
    other = await asked(app, second)
    assert (await second.submit(other, code=code)).status_code == 422 or code == code_in(mailbox)
    assert is_signed_in(await first.submit(page, code=code))


async def test_a_code_of_ones_own_opens_no_other_account_that_the_journey_turns_to(app: App, mailbox: Mailbox) -> None:
    await a_person(app, "eve@example.org")
    browser = app.browser()
    page = await asked(app, browser, "eve@example.org")
    code = code_in(mailbox, "eve@example.org")
    page = await browser.post(str(page.url), {"action": "change"})
    page = await browser.submit(page, identifier=EMAIL)
    page = await browser.submit(page, action=METHOD)
    refused = await browser.submit(page, code=code)
    assert refused.status_code == 422
    assert await sessions(app) == 0


@pytest.mark.parametrize("mine", ["stra\u00dfe@example.org", "strasse@fu\u00df.example"])
async def test_a_code_for_letters_that_fold_to_those_of_another_account_is_not_that_account_s(
    app: App, mailbox: Mailbox, mine: str
) -> None:
    """A sharp s folds to two others, and is another address and another domain all the same."""
    theirs = mine.casefold()
    owner = await a_person(app, theirs, password=PASSWORD)
    await a_person(app, mine, password=PASSWORD)
    browser = app.browser()
    page = await asked(app, browser, mine)
    code = code_in(mailbox, mine)
    page = await browser.post(str(page.url), {"action": "change"})
    page = await browser.submit(page, identifier=theirs)
    page = await browser.submit(page, action=METHOD)
    page = await browser.submit(page, code=code)
    assert not is_signed_in(page)
    assert await app.kernel.sessions.of_user(app.context, owner.id) == ()


async def test_a_new_code_after_a_pause_ends_the_one_before(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    first = code_in(mailbox)
    page = await browser.submit(page, action="resend")
    assert page.status_code == 422
    assert "A new code can be sent in" in page.text
    await forget_limits(app)
    page = await browser.submit(page, action="resend")
    await settled(app)
    second = code_in(mailbox)
    assert len(mailbox.messages) == 2
    if first != second:
        page = await browser.submit(page, code=first)
        assert page.status_code == 422
    assert is_signed_in(await browser.submit(page, code=second))


async def test_a_sign_in_gets_only_so_many_mails(app: App, mailbox: Mailbox) -> None:
    await use(app, most_mails=3)
    browser = app.browser()
    page = await asked(app, browser)
    for _ in range(6):
        await app.kernel.database.execute("DELETE FROM counters WHERE window_ends < now() + interval '1 minute'")
        page = await browser.submit(page, action="resend")
        await settled(app)
    assert len(mailbox.messages) == 3


async def test_a_mailbox_is_not_flooded_by_many_sign_ins(app: App, mailbox: Mailbox) -> None:
    for _ in range(8):
        await asked(app, app.browser(), EMAIL.upper())
    assert len(mailbox.messages) == 6


async def test_of_twenty_requests_for_another_code_one_is_heard(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    await forget_limits(app)
    await asyncio.gather(*(browser.submit(page, action="resend", follow=False) for _ in range(20)))
    await settled(app)
    assert len(mailbox.messages) == 2


async def test_a_code_posted_fifty_times_at_once_begins_one_session(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    code = code_in(mailbox)
    await asyncio.gather(*(browser.submit(page, code=code, follow=False) for _ in range(50)))
    assert await sessions(app) == 1


async def test_of_sixty_guesses_at_once_no_more_than_allowed_are_looked_at(app: App, mailbox: Mailbox) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(attempts=1000))
    browser = app.browser()
    page = await asked(app, browser)
    wrong = [f"{number:06}" for number in range(60) if f"{number:06}" != code_in(mailbox)]
    await asyncio.gather(*(browser.submit(page, code=guess, follow=False) for guess in wrong))
    left = await app.kernel.database.fetchval("SELECT attempts_left FROM one_time WHERE kind = 'email_otp'")
    assert left == 0
    assert (await browser.submit(page, code=code_in(mailbox))).status_code == 422
    assert await sessions(app) == 0


async def test_the_accounts_attempts_are_shared_with_its_password(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    for _ in range(5):
        page = await browser.submit(page, code=other_than(code_in(mailbox)))
    other = app.browser()
    refused = await other.submit(await identified(other), password=PASSWORD)
    assert refused.status_code == 429


@pytest.mark.parametrize("form", [{}, {"code": ""}, {"code": "   "}])
async def test_an_empty_code_is_no_guess(app: App, mailbox: Mailbox, form: dict[str, str]) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    for _ in range(8):
        answer = await browser.submit(page, code=form.get("code", ""))
        assert answer.status_code == 422
    assert is_signed_in(await browser.submit(page, code=code_in(mailbox)))


@pytest.mark.parametrize("code", ["x" * 5000, "\uff11\uff12\uff13\uff14\uff15\uff16", "' OR 1=1", "-1", "0" * 7])
async def test_odd_codes_are_wrong_codes(app: App, code: str) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    assert (await browser.submit(page, code=code)).status_code == 422


async def test_an_address_that_nobody_verified_gets_no_code(app: App, mailbox: Mailbox) -> None:
    new = NewUser(identifiers=(NewIdentifier(kind=IdentifierKind.EMAIL, value="squatter@example.org"),))
    await app.kernel.users.create(app.context, new)
    await asked(app, app.browser(), "squatter@example.org")
    assert mailbox.messages == []


async def test_a_disabled_account_gets_no_code_and_no_session(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    page = await asked(app, browser)
    code = code_in(mailbox)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    assert not is_signed_in(await browser.submit(page, code=code))
    await forget_limits(app)
    await asked(app, app.browser())
    assert len(mailbox.messages) == 1


# ------------------------------------------------------------------ as a second factor


async def test_it_is_no_second_factor_unless_the_tenant_says_so(app: App) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    assert METHOD not in page.text
    assert "email_otp" not in page.text


async def test_beside_a_password_it_makes_two_where_the_tenant_says_so(app: App, mailbox: Mailbox, ada: User) -> None:
    await use(app, second=True)
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    await settled(app)
    assert is_signed_in(await browser.submit(page, code=code_in(mailbox)))
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert session.acr == "aal2"


async def test_it_stands_in_for_no_factor_that_somebody_enrolled(app: App, ada: User) -> None:
    await use(app, second=True)
    enrolled = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, enrolled)
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    assert METHOD not in page.text
    page = await browser.post(str(page.url), {"action": METHOD})
    assert "authenticator app" in page.text


async def test_after_a_code_an_authenticator_app_is_asked_for_where_there_is_one(
    app: App, mailbox: Mailbox, ada: User
) -> None:
    enrolled = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, enrolled)
    browser = app.browser()
    page = await asked(app, browser)
    page = await browser.submit(page, code=code_in(mailbox))
    assert "Open your authenticator app" in page.text
    assert await sessions(app) == 0


@pytest.mark.parametrize("second", [True, False])
async def test_a_code_and_then_a_password_go_around_no_second_factor(
    app: App, mailbox: Mailbox, ada: User, second: bool
) -> None:
    await use(app, second=second)
    enrolled = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, enrolled)
    browser = app.browser()
    page = await asked(app, browser)
    page = await browser.submit(page, code=code_in(mailbox))
    page = await browser.post(str(page.url), {"action": "method:password"})
    page = await browser.post(str(page.url), {"password": PASSWORD})
    assert "Open your authenticator app" in page.text
    assert await sessions(app) == 0


@pytest.mark.parametrize("second", [True, False])
async def test_it_alone_is_never_two_factors(app: App, mailbox: Mailbox, second: bool) -> None:
    await use(app, second=second)
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    browser = app.browser()
    page = await asked(app, browser)
    page = await browser.submit(page, code=code_in(mailbox))
    assert "Set up an authenticator app" in page.text
    assert await sessions(app) == 0
