"""A number is set up by whoever has its phone, and nobody learns whose it was before."""

from __future__ import annotations

import asyncio
from html import unescape
from typing import Any

import httpx2
import pytest

from tests.plugins.mailed import forget_limits, identified, is_signed_in, settled
from tests.plugins.seeing import seen
from tests.plugins.sms.conftest import NUMBER, OTHER, Gateway, events, has_number, other_than, unclocked, use
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import IdentifierKind, NewIdentifier, User
from xenia_sms.numbers import read
from xenia_sms.service import KIND
from xenia_sms.settings import Provider


async def signed_in(app: App, email: str = EMAIL) -> Browser:
    """A browser after the password."""
    browser = app.browser()
    page = await browser.submit(await identified(browser, email), password=PASSWORD)
    assert is_signed_in(page), page.text
    return browser


async def asked(app: App, browser: Browser, number: str = NUMBER) -> httpx2.Response:
    """The page that waits for the code of a new number."""
    page = await browser.submit(await browser.post("/account/enrol/sms_otp", {}), number=number)
    await settled(app)
    return page


async def numbers(app: App, user: User) -> list[str]:
    """What the person has set up."""
    return [one.data.decode() for one in await app.kernel.credentials.of_user(app.context, user.id, KIND)]


async def test_a_number_is_set_up_by_the_code_that_it_got(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    page = await asked(app, browser, "0176 / 0406 9000")
    assert 'autocomplete="one-time-code"' in page.text
    assert f'<b dir="ltr">{EMAIL}</b>' in page.text, "whose account it is, as on the page before"
    assert "+49 176 04069000" in page.text, "a typing error is seen"
    assert "Back to security" in page.text
    assert await numbers(app, ada) == []
    page = await browser.submit(page, code=gateway.code())
    assert page.status_code == 200
    [stored] = await app.kernel.credentials.of_user(app.context, ada.id, KIND)
    assert (stored.data, stored.label, stored.second) == (NUMBER.encode(), "+49 ••• 000", True)
    assert "+49 ••• 000" in (await browser.get("/account/security")).text


async def test_the_message_is_one_short_sentence_and_a_line_for_the_browser(
    app: App, gateway: Gateway, ada: User
) -> None:
    await asked(app, await signed_in(app))
    [message] = gateway.sent()
    said, blank, last = message["text"].split("\n")
    assert said.startswith(f"{gateway.code()} is your code to confirm this number at Acme Stores.")
    assert (blank, last) == ("", f"@localhost #{gateway.code()}")
    assert len(message["text"]) <= 160
    assert message["text"].isascii()


async def test_the_message_is_in_the_language_of_the_page(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    browser.client.headers["accept-language"] = "de"
    page = await asked(app, browser)
    assert "Bestätigen Sie Ihre Nummer" in page.text
    assert "ist Ihr Code, mit dem Sie diese Nummer bei Acme Stores" in gateway.sent()[0]["text"]
    page = await browser.submit(page, code="")
    assert "Geben Sie den Code aus der SMS ein" in page.text


@pytest.mark.parametrize("typed", ["", "   ", "hello", "030 123456", "+4930123456", "+19002345678", "0" * 500, "\x00'"])
async def test_what_is_no_mobile_number_is_said_and_costs_nothing(
    app: App, gateway: Gateway, ada: User, typed: str
) -> None:
    browser = await signed_in(app)
    page = await asked(app, browser, typed)
    assert page.status_code == 422
    assert 'name="number"' in page.text
    assert gateway.seen() == 0


async def test_another_country_is_said_and_costs_nothing(app: App, gateway: Gateway, ada: User) -> None:
    page = await asked(app, await signed_in(app), "+18765550123")
    assert page.status_code == 422
    assert "We don’t send text messages to this country" in page.text
    assert gateway.seen() == 0


async def test_without_a_provider_nothing_can_be_set_up(app: App, gateway: Gateway, ada: User) -> None:
    await app.kernel.config.reset(app.context, "sms")
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/sms_otp", {})
    assert page.url.path.endswith("/account/security")
    assert "sms_otp" not in page.text
    assert gateway.seen() == 0


def without(number: str, page: httpx2.Response) -> dict[str, Any]:
    """What Eve sees, but for the number that she typed."""
    typed = read(number)
    assert typed is not None
    shown = seen(page, "eve@example.org")
    return {**shown, "text": shown["text"].replace(typed.spaced, "NUMBER")}


async def test_a_number_of_somebody_else_is_treated_alike(app: App, gateway: Gateway, ada: User) -> None:
    """Asked for, waited for, guessed at: the same pages, whoever has the number already."""
    eve = await a_person(app, "eve@example.org", password=PASSWORD)
    grace = await a_person(app, "grace@example.org")
    await has_number(app, grace, OTHER)
    new = NewIdentifier(kind=IdentifierKind.PHONE, value=OTHER, verified=True)
    await app.kernel.users.add_identifier(app.context, grace.id, new)
    told: list[list[dict[str, Any]]] = []
    for number in (OTHER, NUMBER):
        browser = await signed_in(app, "eve@example.org")
        page = await asked(app, browser, number)
        told.append([without(number, page)])
        for code in ("", "12", other_than(gateway.code(number)), other_than(gateway.code(number))):
            page = await browser.submit(page, code=code)
            told[-1].append(without(number, page))
        page = await browser.submit(page, action="resend")
        told[-1].append(without(number, page))
    assert unclocked(told[0]) == unclocked(told[1])
    assert await numbers(app, eve) == []


async def test_two_people_may_share_a_phone(app: App, gateway: Gateway, ada: User) -> None:
    grace = await a_person(app, "grace@example.org")
    await has_number(app, grace)
    browser = await signed_in(app)
    page = await asked(app, browser)
    await browser.submit(page, code=gateway.code())
    assert await numbers(app, ada) == await numbers(app, grace) == [NUMBER]


async def test_a_code_for_one_number_confirms_no_other(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    page = await asked(app, browser, OTHER)
    code = gateway.code(OTHER)
    page = await browser.submit(page, action="number")
    assert OTHER in page.text
    await forget_limits(app)
    page = await browser.submit(page, number=NUMBER)
    await settled(app)
    page = await browser.submit(page, code=code)
    assert page.status_code == 422 or code == gateway.code()
    await browser.submit(page, code=gateway.code())
    assert await numbers(app, ada) == [NUMBER]


async def test_a_code_to_sign_in_with_confirms_no_number(app: App, gateway: Gateway, ada: User) -> None:
    await has_number(app, ada, OTHER)
    other = app.browser()
    await other.submit(await identified(other), password=PASSWORD)
    await settled(app)
    browser = await stepped(app, gateway)
    page = await asked(app, browser)
    page = await browser.submit(page, code=gateway.code(OTHER))
    assert page.status_code == 422 or gateway.code(OTHER) == gateway.code()
    assert await numbers(app, ada) == [OTHER]


async def stepped(app: App, gateway: Gateway) -> Browser:
    """Signed in by password and code."""
    await forget_limits(app)
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    await settled(app)
    assert is_signed_in(await browser.submit(page, code=gateway.code(OTHER)))
    await forget_limits(app)
    return browser


async def test_guesses_at_new_numbers_end_for_an_account_however_many_codes_it_asks_for(
    app: App, gateway: Gateway, ada: User
) -> None:
    await use(app, gateway, attempts=10, most_messages=10, number_per_day=100)
    browser = await signed_in(app)
    page = await asked(app, browser)
    for _ in range(3):
        for _ in range(9):
            page = await browser.submit(page, code=other_than(gateway.code()))
        keep = "DELETE FROM counters WHERE window_ends < now() + interval '2 hours'"
        await app.kernel.database.execute(keep)
        page = await browser.submit(page, action="resend")
        await settled(app)
    page = await browser.submit(page, code=gateway.code())
    assert page.status_code == 422
    assert await numbers(app, ada) == []


async def test_a_code_posted_fifty_times_at_once_sets_one_number_up(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    page = await asked(app, browser)
    code = gateway.code()
    await asyncio.gather(*(browser.submit(page, code=code, follow=False) for _ in range(50)))
    assert await numbers(app, ada) == [NUMBER]
    assert len([one for one in await events(app, "credential.added") if one["kind"] == KIND]) == 1


async def test_loading_the_page_again_sends_nothing_again(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    page = await asked(app, browser)
    for _ in range(3):
        assert 'name="code"' in (await browser.get(str(page.url))).text
    await settled(app)
    assert len(gateway.sent()) == 1


async def test_another_number_takes_the_place_of_the_first_and_the_person_is_told(
    app: App, gateway: Gateway, ada: User, mailbox: Mailbox
) -> None:
    await has_number(app, ada, OTHER)
    browser = await stepped(app, gateway)
    page = await asked(app, browser)
    await browser.submit(page, code=gateway.code())
    assert await numbers(app, ada) == [NUMBER]
    await app.kernel.credentials.remove_kind(app.context, ada.id, KIND)
    await app.settle()
    told = sorted(one.subject for one in mailbox.to(EMAIL))
    added, removed = "A phone number was set up for your codes", "The phone number for your codes was removed"
    assert told == [added, added, removed]
    assert not any(NUMBER in one.text for one in mailbox.to(EMAIL))


async def test_the_number_of_the_profile_is_there_to_begin_with_and_is_verified_by_the_code(
    app: App, gateway: Gateway, ada: User
) -> None:
    await app.kernel.users.add_identifier(app.context, ada.id, NewIdentifier(kind=IdentifierKind.PHONE, value=NUMBER))
    browser = await signed_in(app)
    page = await browser.post("/account/enrol/sms_otp", {})
    assert f'value="{NUMBER}"' in page.text
    page = await asked(app, browser)
    await browser.submit(page, code=gateway.code())
    user = await app.kernel.users.get(app.context, ada.id)
    assert user
    assert user.verified(IdentifierKind.PHONE) == NUMBER


async def test_where_two_factors_are_asked_for_a_number_can_be_set_up_on_the_way(
    app: App, gateway: Gateway, ada: User
) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    browser = app.browser()
    page = await browser.submit(await identified(browser), password=PASSWORD)
    assert "Set up an authenticator app" in page.text
    page = await browser.submit(page, action="method:sms_otp")
    page = await browser.submit(page, number=NUMBER)
    await settled(app)
    assert is_signed_in(await browser.submit(page, code=gateway.code()))
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert session.acr == "aal2"


async def test_somebody_who_registers_where_two_factors_are_asked_for_sets_a_number_up_at_once(
    app: App, gateway: Gateway
) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2", verified_email=False))
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-up"), identifier="grace@example.org")
    page = await browser.submit(page, password="eleven calm otters by the quay")
    page = await browser.submit(page, action="method:sms_otp")
    page = await browser.submit(page, number=NUMBER)
    await settled(app)
    assert is_signed_in(await browser.submit(page, code=gateway.code()))
    grace = await app.kernel.users.find(app.context, IdentifierKind.EMAIL, "grace@example.org")
    assert grace
    assert await numbers(app, grace) == [NUMBER]


async def test_an_account_has_few_codes_sent_to_new_numbers_in_a_day(app: App, gateway: Gateway, ada: User) -> None:
    await use(app, gateway, source_per_hour=100)
    browser = await signed_in(app)
    pages = [await asked(app, browser, f"+4917604069{place:03}") for place in range(12)]
    assert [page.status_code for page in pages] == [*[200] * 10, 422, 422]
    assert "You asked for many codes today" in pages[-1].text
    assert len(gateway.sent()) == 10


async def test_the_person_removes_the_number_in_the_account(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    page = await asked(app, browser)
    await browser.submit(page, code=gateway.code())
    [stored] = await app.kernel.credentials.of_user(app.context, ada.id, KIND)
    assert (await browser.get(f"/account/credentials/{stored.id}/remove")).status_code == 200
    await browser.post(f"/account/credentials/{stored.id}/remove", {})
    assert await numbers(app, ada) == []


async def test_nobody_is_offered_a_number_before_somebody_carries_messages(
    app: App, gateway: Gateway, ada: User
) -> None:
    browser = await signed_in(app)
    enrol = "/account/enrol/sms_otp"
    assert enrol in unescape((await browser.get("/account/security")).text)
    await use(app, gateway, provider=Provider.NONE)
    assert enrol not in unescape((await browser.get("/account/security")).text)
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    page = await browser.post("/account/enrol/totp", {})
    assert "sms_otp" not in page.text


async def test_a_number_from_before_is_still_shown_and_removed(app: App, gateway: Gateway, ada: User) -> None:
    browser = await signed_in(app)
    await has_number(app, ada)
    await use(app, gateway, provider=Provider.NONE)
    page = await browser.get("/account/security")
    assert "+49 ••• 000" in page.text
    assert "enrol/sms_otp" not in unescape(page.text)
