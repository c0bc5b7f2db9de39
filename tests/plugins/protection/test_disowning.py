"""“This wasn’t me”: one link in a notice closes the account once, lets nobody in, and leads the owner back by the mailbox."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape

import httpx2
import msgspec
import pytest

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import answer, enrolled_beside, options_of, sign_in
from tests.plugins.protection.support import (
    EMAIL,
    PASSWORD,
    a_browser,
    events_of,
    guess,
    is_signed_in,
    moved,
    use,
)
from tests.plugins.totp.test_journeys import seed_on
from xenia.api import (
    Application,
    Factor,
    Goal,
    IdentifierKind,
    LoginAttempt,
    NewCredential,
    NewGrant,
    NewIdentifier,
    Proof,
    Verdict,
)
from xenia.clock import FrozenClock
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import a_journey, a_person
from xenia.users.models import User
from xenia_devices.settings import DevicesSettings
from xenia_protection.disowning import KIND
from xenia_protection.tables import DISOWN
from xenia_totp.codes import code_at, step_of

NEW = "seven quiet otters paint"
STOLEN = "stolen ladders hum loudly"
LINK = re.compile(r"/t/acme(/not-me/xdisown_\w+)")
RECOVER = re.compile(r"/t/acme(/recover/xreset_\w+)")


def link_of(mailbox: Mailbox) -> str:
    """The link in the last notice that has one."""
    found = [link for one in mailbox.messages for link in LINK.findall(one.text)]
    assert found, [one.text for one in mailbox.messages]
    return str(found[-1])


async def reset(app: App, user: User, password: str) -> None:
    """Set a password by mail."""
    path = await app.kernel.hooks.invitation(app.context, user.id, timedelta(hours=1))
    assert path
    browser = app.browser()
    page = await browser.submit(await browser.get(path), password=password)
    assert page.url.path.endswith("/recover/done"), page.text
    await app.settle()


async def taken_over(app: App, user: User, mailbox: Mailbox) -> tuple[Browser, str]:
    """A stranger who changed the password and is signed in, and the link in the notice."""
    await reset(app, user, STOLEN)
    stranger = a_browser(app, address="203.0.113.5")
    assert is_signed_in(await guess(stranger, EMAIL, STOLEN))
    return stranger, link_of(mailbox)


async def pressed(app: App, link: str) -> httpx2.Response:
    """Somebody opens the link and presses the button."""
    browser = app.browser()
    page = await browser.submit(await browser.get(link), action="confirm")
    await app.settle()
    return page


async def assert_locked(app: App, browser: Browser, page: httpx2.Response, user: User) -> None:
    """The journey goes no further, whatever is sent to it."""
    assert "This account waits for its owner" in page.text
    for fields in ({}, {"password": NEW}, {"action": "method:passkey"}, {"action": "skip"}, {"credential": "{}"}):
        again = await browser.post(str(page.url), fields)
        assert "This account waits for its owner" in again.text
    assert await app.kernel.sessions.of_user(app.context, user.id) == ()


async def test_the_button_signs_everybody_out_and_closes_the_account(app: App, ada: User, mailbox: Mailbox) -> None:
    stranger, link = await taken_over(app, ada, mailbox)
    page = await pressed(app, link)
    assert "Everybody is signed out" in page.text
    assert not is_signed_in(await stranger.get("/account"))
    locked = await guess(stranger, EMAIL, STOLEN)
    assert 'href="&#x2f;t&#x2f;acme&#x2f;recover"' in locked.text, "the owner who comes by here finds the way back"
    await assert_locked(app, stranger, locked, ada)
    assert [one.type for one in await events_of(app, "protection.disowned")] == ["protection.disowned"]


async def test_opening_it_spends_nothing_and_changes_nothing(app: App, ada: User, mailbox: Mailbox) -> None:
    stranger, link = await taken_over(app, ada, mailbox)
    for _ in range(3):
        page = await app.browser().get(link)
        assert page.status_code == 200
        assert "Your password was changed" in page.text
    assert is_signed_in(await stranger.get("/account"))
    assert (await pressed(app, link)).status_code == 200


async def test_of_fifty_presses_one_acts(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    browser = app.browser()
    await browser.get(link)
    answers = await asyncio.gather(*(browser.post(link, {}, follow=False) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 49
    assert len(await events_of(app, "protection.disowned")) == 1


async def test_the_link_is_no_sign_in(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    browser = app.browser()
    await browser.submit(await browser.get(link), action="confirm")
    assert not is_signed_in(await browser.get("/account"))
    assert browser.cookie("xenia-session-acme") is None


async def test_the_owner_comes_back_by_the_mail_that_follows(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    [path] = RECOVER.findall(mailbox.to(EMAIL)[-1].text)
    browser = app.browser()
    await browser.submit(await browser.get(path), password=NEW)
    assert is_signed_in(await guess(a_browser(app), EMAIL, NEW))
    assert (await guess(a_browser(app, address="203.0.113.5"), EMAIL, STOLEN)).status_code == 422
    assert [one.data for one in await events_of(app, "protection.recovered")] == [{"how": "password"}]


async def test_a_key_that_a_stranger_added_opens_nothing_and_adds_nothing(
    app: App, ada: User, mailbox: Mailbox
) -> None:
    phone = Authenticator()
    await enrolled_beside(app, phone)
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    before = await app.kernel.credentials.summaries(app.context, ada.id)
    for path in ("/sign-in", "/recover/account"):
        browser = app.browser()
        page = await browser.get(path)
        if path == "/sign-in":
            browser, page = await sign_in(app, phone)
        else:
            page = await browser.submit(page, identifier=EMAIL)
            page = await answer(browser, page, phone.get(options_of(page)))
        await assert_locked(app, browser, page, ada)
    after = await app.kernel.credentials.summaries(app.context, ada.id)
    assert {one.id for one in after} == {one.id for one in before}


async def test_a_key_from_before_opens_nothing_ahead_of_the_new_password(app: App, ada: User, mailbox: Mailbox) -> None:
    """The owner has set another password, and whoever added a key comes first."""
    phone = Authenticator()
    await enrolled_beside(app, phone)
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    await reset(app, ada, NEW)
    browser, page = await sign_in(app, phone)
    await assert_locked(app, browser, page, ada)
    proof = Proof(method="passkey", factors=frozenset({Factor.POSSESSION}), amr=("pop",), at=app.kernel.clock.now())
    attempt = LoginAttempt(user_id=ada.id, application=None, acr="aal1", proofs=(proof,), goal=Goal.SIGN_IN)
    assert (await app.kernel.hooks.authorize_login(app.context, attempt)).verdict is Verdict.DENY
    assert is_signed_in(await guess(a_browser(app), EMAIL, NEW))
    assert [one.data for one in await events_of(app, "protection.recovered")] == [{"how": "password"}]


async def test_the_last_word_is_said_at_the_end_too(app: App, ada: User, mailbox: Mailbox) -> None:
    """Somebody who was past every step when the button was pressed."""
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    proof = Proof(method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=app.kernel.clock.now())
    attempt = LoginAttempt(user_id=ada.id, application=None, acr="aal1", proofs=(proof,), goal=Goal.SIGN_IN)
    decision = await app.kernel.hooks.authorize_login(app.context, attempt)
    assert decision.verdict is Verdict.DENY
    mailed = Proof(method="magic_link", factors=frozenset({Factor.MAILBOX}), amr=("otp",), at=app.kernel.clock.now())
    shown = msgspec.structs.replace(attempt, proofs=(mailed,))
    assert (await app.kernel.hooks.authorize_login(app.context, shown)).verdict is Verdict.DENY
    needs = await app.kernel.hooks.plan_journey(app.context, a_journey(app, ada, proofs=(mailed,)))
    assert [need.any_of for need in needs] == [("password",)], "first another password"


async def test_the_mailbox_is_enough_where_there_is_no_password(app: App, mailbox: Mailbox) -> None:
    grace = await a_person(app, "grace@example.org")
    async with app.kernel.store(app.context) as store:
        await store.execute(DISOWN, "acme", grace.id, [])
    mailed = Proof(method="magic_link", factors=frozenset({Factor.MAILBOX}), amr=("otp",), at=app.kernel.clock.now())
    attempt = LoginAttempt(user_id=grace.id, application=None, acr="aal1", proofs=(mailed,), goal=Goal.SIGN_IN)
    assert (await app.kernel.hooks.authorize_login(app.context, attempt)).verdict is Verdict.ALLOW
    assert [one.data for one in await events_of(app, "protection.recovered")] == [{"how": "mailbox"}]


async def test_a_password_that_is_right_but_from_before_is_refused_on_a_known_device_too(
    app: App, ada: User, mailbox: Mailbox
) -> None:
    home = a_browser(app)
    assert is_signed_in(await guess(home, EMAIL, PASSWORD))
    await app.settle()
    await _add_a_factor(app, ada)
    await pressed(app, link_of(mailbox))
    await assert_locked(app, home, await guess(moved(home), EMAIL, PASSWORD), ada)


async def _add_a_factor(app: App, user: User) -> None:
    """Something is enrolled that isn't a password, and its notice goes out."""
    credential = NewCredential(plugin="passkeys", kind="passkey", data=b"{}", lookup=b"1")
    async with app.kernel.transaction():
        await app.kernel.credentials.add(app.context, user.id, credential)
    await app.settle()


async def test_grants_that_outlive_sessions_end_too(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    await app.kernel.applications.put(app.context, Application(tenant="acme", id="shop", title="Shop"))
    await app.kernel.grants.open(app.context, NewGrant(user_id=ada.id, application="shop", offline=True))
    assert await app.kernel.grants.of_user(app.context, ada.id)
    await pressed(app, link)
    assert await app.kernel.grants.of_user(app.context, ada.id) == ()


async def test_who_was_on_the_way_in_is_out_a_moment_later(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    browser = app.browser()
    page = await browser.submit(await browser.get(link), action="confirm")
    assert page.status_code == 200
    await app.kernel.database.execute("UPDATE sessions SET ended_at = NULL")  # as if one had begun just then
    await app.settle()
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()


async def test_a_mailbox_that_is_the_account_s_no_longer_gets_no_way_in(app: App, ada: User, mailbox: Mailbox) -> None:
    """Somebody kept the link of a notice to an address that was taken from the account since then."""
    _, link = await taken_over(app, ada, mailbox)
    new = NewIdentifier(kind=IdentifierKind.EMAIL, value="other@example.org", verified=True)
    await app.kernel.users.add_identifier(app.context, ada.id, new)
    await app.kernel.users.remove_identifier(app.context, ada.id, IdentifierKind.EMAIL, EMAIL)
    await app.settle()
    before = len(mailbox.to(EMAIL))
    page = await pressed(app, link)
    assert "Everybody is signed out" in page.text
    assert mailbox.to(EMAIL)[before:] == []
    assert RECOVER.search(mailbox.to("other@example.org")[-1].text)


async def test_a_link_from_before_the_owner_came_back_closes_nothing_again(
    app: App, ada: User, mailbox: Mailbox
) -> None:
    _, first = await taken_over(app, ada, mailbox)
    await _add_a_factor(app, ada)
    second = link_of(mailbox)
    assert second != first
    await pressed(app, second)
    await reset(app, ada, NEW)
    home = a_browser(app)
    assert is_signed_in(await guess(home, EMAIL, NEW))
    assert (await pressed(app, first)).status_code == 410
    assert is_signed_in(await home.get("/account"))
    assert len(await events_of(app, "protection.disowned")) == 1


async def test_nothing_is_kept_of_whom_was_erased(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    await app.kernel.users.erase(app.context, ada.id)
    assert (await pressed(app, link)).status_code == 410
    assert await app.kernel.database.fetch("SELECT FROM protection_disowned") == []


async def test_an_old_link_is_gone(app: App, ada: User, mailbox: Mailbox) -> None:
    stranger, link = await taken_over(app, ada, mailbox)
    await app.kernel.database.execute("UPDATE one_time SET expires_at = now() WHERE kind = $1", KIND)
    assert (await app.browser().get(link)).status_code == 410
    assert (await app.browser().post(link, {})).status_code == 410
    assert is_signed_in(await stranger.get("/account"))


@pytest.mark.parametrize("secret", ["x", "xdisown_" + "A" * 49, "xreset_" + "A" * 49, "%00", "a" * 2000, "..%2f"])
async def test_a_secret_that_is_none_is_gone(app: App, secret: str) -> None:
    for got in (await app.browser().get(f"/not-me/{secret}"), await app.browser().post(f"/not-me/{secret}", {})):
        assert got.status_code in (404, 410)


async def test_another_tenant_s_link_is_gone_here(app: App, ada: User, mailbox: Mailbox) -> None:
    stranger, link = await taken_over(app, ada, mailbox)
    await app.tenant("globex")
    assert (await app.browser("globex").post(link, {})).status_code == 410
    assert is_signed_in(await stranger.get("/account"))


async def test_another_site_can_t_press_it(app: App, ada: User, mailbox: Mailbox) -> None:
    stranger, link = await taken_over(app, ada, mailbox)
    other = app.browser(**{"sec-fetch-site": "cross-site", "origin": "https://evil.example"})
    assert (await other.post(link, {})).status_code == 403
    assert is_signed_in(await stranger.get("/account"))


async def test_secrets_are_stored_as_hashes_and_wait_in_no_queue(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    secret = link.rpartition("/")[2]
    for table in ("one_time", "jobs", "events"):
        rows = await app.kernel.database.fetch(f"SELECT t::text AS row FROM {table} t")
        assert not [row for row in rows if secret in row["row"]]


# -- which notices have the link


async def test_a_new_device_is_told_of(app: App, ada: User, mailbox: Mailbox) -> None:
    assert is_signed_in(await guess(a_browser(app), EMAIL, PASSWORD))
    await app.settle()
    assert mailbox.to(EMAIL) == [], "the first device ever is no news"
    for _ in range(2):
        assert is_signed_in(await guess(a_browser(app, address="203.0.113.5"), EMAIL, PASSWORD))
    await app.settle()
    told = mailbox.to(EMAIL)
    assert [one.subject for one in told] == ["A sign-in on a new device"] * 2
    assert "203.0.113.5" in told[0].text
    assert LINK.search(told[0].text)
    assert LINK.search(unescape(told[0].html))


@pytest.mark.parametrize("said", ["", "no"])
async def test_who_was_asked_to_remember_the_device_is_told_too(
    app: App, ada: User, mailbox: Mailbox, clock: FrozenClock, said: str
) -> None:
    await app.kernel.config.put(app.context, DevicesSettings, DevicesSettings(trust_days=30))
    browser = a_browser(app)
    await guess(browser, EMAIL, PASSWORD)
    page = await browser.post("/account/enrol/totp", {})
    seed = seed_on(page)
    await browser.submit(page, code=code_at(seed, step_of(clock.now())), label="Phone")
    await app.settle()
    clock.advance(timedelta(seconds=30))
    stranger = a_browser(app, address="203.0.113.5")
    page = await stranger.submit(await guess(stranger, EMAIL, PASSWORD), code=code_at(seed, step_of(clock.now())))
    assert "Remember this device?" in page.text
    assert is_signed_in(await stranger.submit(page, action=said))
    await app.settle()
    assert "A sign-in on a new device" in [one.subject for one in mailbox.to(EMAIL)]


async def test_a_tenant_may_leave_it_untold(app: App, ada: User, mailbox: Mailbox) -> None:
    await use(app, tell_new_devices=False)
    for address in ("198.51.100.7", "203.0.113.5"):
        assert is_signed_in(await guess(a_browser(app, address=address), EMAIL, PASSWORD))
        await app.settle()
    assert mailbox.to(EMAIL) == []


async def test_an_address_that_came_or_went_is_told_of(app: App, ada: User, mailbox: Mailbox) -> None:
    new = NewIdentifier(kind=IdentifierKind.EMAIL, value="other@example.org", verified=True)
    await app.kernel.users.add_identifier(app.context, ada.id, new)
    await app.settle()
    await app.kernel.users.remove_identifier(app.context, ada.id, IdentifierKind.EMAIL, "other@example.org")
    await app.settle()
    assert [one.subject for one in mailbox.to(EMAIL)] == [
        "An address was added to your account",
        "An address was removed from your account",
    ]
    assert all(LINK.search(one.text) for one in mailbox.to(EMAIL))


async def test_the_notice_speaks_the_person_s_language(app: App, ada: User, mailbox: Mailbox) -> None:
    await app.kernel.users.set_locale(app.context, ada.id, "de")
    await reset(app, ada, STOLEN)
    assert "Das war ich nicht" in mailbox.last.text
    browser = app.browser(**{"accept-language": "de"})
    assert "War das jemand anderes?" in (await browser.get(link_of(mailbox))).text


async def test_without_the_plugin_a_notice_has_no_link(app: App, ada: User, mailbox: Mailbox) -> None:
    names = frozenset(one.name for one in app.kernel.plugins) - {"protection"}
    await app.kernel.tenants.change(app.context, "acme", plugins=names)
    await reset(app, ada, STOLEN)
    assert mailbox.last.subject == "Your password was changed"
    assert not LINK.search(mailbox.last.text)


async def test_what_is_kept_of_a_person_is_shown_and_erased(app: App, ada: User, mailbox: Mailbox) -> None:
    _, link = await taken_over(app, ada, mailbox)
    await pressed(app, link)
    keeper = app.kernel.registry.personal_data.all()["protection"]
    assert len((await keeper.export(app.context, ada.id))["disowned"]) == 1
    other = await a_person(app, "grace@example.org")
    record = await keeper.move(app.context, ada.id, other.id)
    await keeper.restore(app.context, record)
    assert len((await keeper.export(app.context, other.id))["disowned"]) == 1
    await keeper.erase(app.context, ada.id)
    assert (await keeper.export(app.context, ada.id))["disowned"] == []
