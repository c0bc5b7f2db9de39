"""Where a passkey stands: alone, after a password, as a step up, in a sign-up, and on the account's page."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import (
    answer,
    asked,
    beside,
    enrolled,
    enrolled_beside,
    keys_of,
    options_of,
    refusals,
    sessions_of,
    set_up,
    sign_in,
    with_password,
)
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import IdentifierKind, User, UserStatus

REMOVE = re.compile(r'href="([^"]*/account/credentials/[^"]*/remove)"')
NAME = re.compile(r'href="([^"]*/account/credentials/[^"]*/name)"')


# -- alone


async def test_what_a_passkey_is_worth(app: App, ada: User) -> None:
    """A key that may be copied to other devices is no proof of one device (NIST SP 800-63B section 2.3)."""
    synced = Authenticator(aaguid="fbfc3007-154e-4ecc-8c0b-6e020557d7bd", eligible=True, backed_up=True)
    await enrolled_beside(app, synced)
    await sign_in(app, synced)
    assert (await sessions_of(app, ada))[-1] == ("aal2", ("swk", "user", "mfa"))


async def test_without_its_owners_check_it_is_one_factor(app: App, ada: User, phone: Authenticator) -> None:
    await set_up(app, user_verification="preferred", after_password=False)
    await enrolled(app, phone.but(verifies=False))
    await sign_in(app, phone.but(verifies=False))
    assert (await sessions_of(app, ada))[-1] == ("aal1", ("hwk", "user"))


async def test_a_disabled_account_is_not_opened(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    _, page = await sign_in(app, phone)
    assert page.status_code == 403


async def test_a_removed_passkey_opens_nothing(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    await app.kernel.credentials.remove_kind(app.context, ada.id, "passkey")
    _, page = await sign_in(app, phone)
    assert page.status_code == 422
    assert await refusals(app) == ["unknown"]


async def test_of_fifty_answers_to_one_challenge_one_counts(app: App, ada: User, phone: Authenticator) -> None:
    """Each with a counter of its own, so that only the challenge can tell them apart."""
    await enrolled(app, phone)
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(attempts=100))
    before = await sessions_of(app, ada)
    browser, page, options = await asked(app)
    answers = [json.dumps(phone.get(options)) for _ in range(50)]
    await asyncio.gather(*[beside(browser, page, credential=one) for one in answers])
    assert len(await sessions_of(app, ada)) == len(before) + 1
    assert set(await refusals(app)) <= {"challenge"}


# -- after a password


async def test_who_added_a_passkey_is_asked_for_it_after_the_password(
    app: App, ada: User, phone: Authenticator
) -> None:
    await enrolled(app, phone)
    before = await sessions_of(app, ada)
    browser, page = await with_password(app)
    assert await sessions_of(app, ada) == before
    await answer(browser, page, phone.get(options_of(page)))
    assert (await sessions_of(app, ada))[-1] == ("aal3", ("pwd", "hwk", "user", "mfa"))


async def test_a_tenant_may_let_the_password_be_enough(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled_beside(app, phone)
    _, page = await with_password(app)
    assert page.url.path.endswith("/account")


async def test_a_security_key_without_a_pin_is_a_second_factor(app: App, ada: User) -> None:
    key = Authenticator(verifies=False, transports=("usb",))
    await enrolled(app, key, "security_key")
    browser, page = await with_password(app)
    options = options_of(page)
    assert options["userVerification"] == "discouraged"
    assert [one["transports"] for one in options["allowCredentials"]] == [["usb"]]
    await answer(browser, page, key.get(options))
    assert (await sessions_of(app, ada))[-1] == ("aal3", ("pwd", "hwk", "user", "mfa"))


async def test_a_security_key_opens_nothing_alone(app: App, ada: User) -> None:
    key = Authenticator(transports=("usb",))
    await enrolled(app, key, "security_key")
    _, page = await sign_in(app, key)
    assert page.status_code == 422
    assert await refusals(app) == ["unknown"]


# -- as a step up


async def test_a_passkey_steps_a_session_up(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled_beside(app, phone)
    browser, _ = await with_password(app)
    assert (await sessions_of(app, ada))[-1][0] == "aal1"
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal3"))
    page = await browser.get("/account/security")
    options = options_of(page)
    assert len(options["allowCredentials"]) == 1, "who is known gets no decoys"
    page = await answer(browser, page, phone.get(options))
    assert page.url.path.endswith("/account/security")
    assert (await sessions_of(app, ada))[-1] == ("aal3", ("pwd", "hwk", "user", "mfa"))


async def test_a_synced_passkey_reaches_no_highest_level(app: App, ada: User) -> None:
    synced = Authenticator(eligible=True)
    await enrolled_beside(app, synced)
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal3"))
    _, page = await sign_in(app, synced)
    assert page.status_code in (200, 403)
    assert "aal3" not in [acr for acr, _ in await sessions_of(app, ada)]
    assert not page.url.path.endswith("/account")


# -- in a sign-up


async def test_an_account_may_begin_with_a_passkey(app: App, phone: Authenticator) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(verified_email=False))
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-up"), identifier="new@example.org")
    assert 'name="password"' in page.text, "a password is asked for first"
    page = await browser.submit(page, action="method:passkey")
    options = options_of(page)
    assert options["user"]["name"] == "new@example.org"
    assert options["excludeCredentials"] == []
    await answer(browser, page, phone.create(options))
    user = await app.kernel.users.find(app.context, IdentifierKind.EMAIL, "new@example.org")
    assert user is not None
    assert await keys_of(app, user) == ["passkey"]
    assert await sessions_of(app, user) == [("aal3", ("hwk", "user", "mfa"))]
    _, page = await sign_in(app, phone)
    assert page.url.path.endswith("/account")


async def test_passkeys_are_not_offered_beside_the_field_of_a_sign_up(app: App) -> None:
    browser = app.browser()
    page = await browser.get("/sign-up")
    assert "method:passkey" not in page.text
    told = await beside(browser, page)
    assert told.json()["view"]["step"] == "identify"


# -- without script


async def test_without_a_script_a_sentence_and_the_other_ways(app: App, ada: User) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), action="method:passkey")
    assert "<noscript>" in page.text
    page = await browser.submit(page, credential="")
    assert page.status_code == 422
    assert "Passkeys need JavaScript" in page.text
    page = await browser.submit(page, action="change")
    page = await browser.submit(page, identifier=EMAIL)
    page = await browser.submit(page, password=PASSWORD)
    assert page.url.path.endswith("/account")


async def test_an_empty_form_is_no_attempt(app: App, ada: User) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/sign-in"), action="method:passkey")
    for _ in range(8):
        page = await browser.submit(page, credential="")
    assert page.status_code == 422


async def test_asking_beside_the_field_leaves_the_field_alone(app: App, ada: User) -> None:
    """The journey doesn't move, so that what is typed meanwhile is not lost."""
    browser, page, _ = await asked(app)
    page = await browser.submit(page, identifier=EMAIL)
    assert 'name="password"' in page.text


async def test_a_native_application_gets_the_options_with_the_view(app: App, ada: User) -> None:
    browser = app.browser(accept="application/json")
    told = (await browser.get("/sign-in")).json()
    told = (await browser.post(told["action"], {"action": "method:passkey"})).json()
    assert told["view"]["step"] == "passkey"
    assert set(told["view"]["data"]["options"]) >= {"challenge", "rpId", "allowCredentials", "userVerification"}


# -- the account's page


async def test_a_key_is_named_and_named_anew(app: App, ada: User, phone: Authenticator) -> None:
    browser = await enrolled(app, phone)
    page = await browser.get("/account/security")
    assert "Chromium’s virtual authenticator" in page.text
    (path,) = NAME.findall(unescape(page.text))
    page = await browser.submit(await browser.get(path), label="My phone")
    assert "My phone" in page.text
    page = await browser.submit(await browser.get(path), label="x" * 200)
    assert page.status_code == 422
    await a_person(app, "grace@example.org", password=PASSWORD)
    stranger, _ = await with_password(app, "grace@example.org")
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(path, {"label": "mine"})).status_code == 404


async def test_the_last_way_in_stays_whichever_it_is(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled(app, phone)
    browser, _ = await sign_in(app, phone)
    page = await browser.get("/account/security")
    ways = REMOVE.findall(unescape(page.text))
    assert len(ways) == 2, "the password may go, or the passkey"
    pages = await asyncio.gather(*[browser.post(path, {}) for path in ways])
    assert sorted("only way" in one.text for one in pages) == [False, True]
    left = await app.kernel.credentials.summaries(app.context, ada.id)
    assert len(left) == 1
    page = await browser.get("/account/security")
    assert REMOVE.findall(unescape(page.text)) == []


async def test_the_person_is_told_of_a_key_that_comes_and_goes(
    app: App, ada: User, phone: Authenticator, mailbox: Mailbox
) -> None:
    await enrolled(app, phone)
    await app.settle()
    await app.kernel.credentials.remove_kind(app.context, ada.id, "passkey")
    await app.settle()
    told = [one.subject for one in mailbox.to(EMAIL) if "passkey" in one.subject]
    assert told == ["A passkey was added", "A passkey was removed"]


async def test_a_second_key_of_a_person_belongs_to_the_same_handle(app: App, ada: User, phone: Authenticator) -> None:
    await enrolled_beside(app, phone)
    browser, _ = await with_password(app)
    page = await browser.post("/account/enrol/passkey", {})
    options = options_of(page)
    assert len(options["excludeCredentials"]) == 1
    other = Authenticator(aaguid="d548826e-79b4-db40-a3d8-11116f7e8349")
    await answer(browser, page, other.create(options))
    assert other.keys[0].handle == phone.keys[0].handle
    assert await keys_of(app, ada) == ["passkey", "passkey"]
    assert str(ada.id).replace("-", "") not in phone.keys[0].handle.hex()
