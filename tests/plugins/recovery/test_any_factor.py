"""Recovery by whatever is left: a new way in, never by less than the account asked for before."""

from __future__ import annotations

from urllib.parse import urljoin

import httpx2
import pytest

from tests.plugins.passkeys.authenticator import Authenticator
from tests.plugins.passkeys.person import answer, options_of, set_up
from tests.plugins.recovery.support import (
    NEW,
    acrs_of,
    by_link,
    by_mail,
    by_passkey,
    code_of,
    kinds_of,
    opens,
    with_app,
    with_passkey,
)
from tests.plugins.seeing import Walk
from xenia.clock import FrozenClock
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App, Browser, form_of
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus


def wants_new_password(page: httpx2.Response) -> bool:
    """Whether a page asks for a new one."""
    return 'autocomplete="new-password"' in page.text


async def finished(browser: Browser, page: httpx2.Response) -> bool:
    """Whether the new password ends it."""
    page = await browser.submit(page, password=NEW)
    return page.url.path.endswith("/account/security")


# -- a password and nothing else


async def test_a_password_is_replaced_by_who_reads_the_mailbox(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    page = await by_mail(app, mailbox, browser)
    assert wants_new_password(page)
    assert await finished(browser, page)
    assert await opens(app, ada, NEW)
    assert await acrs_of(app, ada) == ["aal1"], "no more than was there before"


async def test_everybody_else_is_signed_out(app: App, mailbox: Mailbox, ada: User) -> None:
    other = app.browser()
    await other.submit(await other.submit(await other.get("/sign-in"), identifier=EMAIL), password=PASSWORD)
    browser = app.browser()
    assert await finished(browser, await by_mail(app, mailbox, browser))
    assert len(await acrs_of(app, ada)) == 1
    assert (await other.get("/account", follow=False)).status_code == 303, "led to sign in"


async def test_the_forgotten_password_is_never_asked_for(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/recover/account"), identifier=EMAIL)
    assert "current-password" not in page.text
    assert "method:password" not in page.text


async def test_a_passkey_can_take_the_password_s_place(
    app: App, mailbox: Mailbox, ada: User, phone: Authenticator
) -> None:
    browser = app.browser()
    page = await browser.submit(await by_mail(app, mailbox, browser), action="method:passkey")
    page = await answer(browser, page, phone.create(options_of(page)))
    assert page.url.path.endswith("/account/security"), page.text
    assert await kinds_of(app, ada) == {"password", "passkey"}


# -- a password and an app


@pytest.mark.parametrize("way", ["code", "link"])
async def test_a_mailbox_bypasses_no_app(app: App, mailbox: Mailbox, ada: User, clock: FrozenClock, way: str) -> None:
    seed = await with_app(app, clock)
    browser = app.browser()
    page = await (by_mail(app, mailbox, browser) if way == "code" else by_link(app, mailbox, browser))
    if way == "link":
        page = await browser.submit(page, action="")
    assert not wants_new_password(page)
    action, hidden = form_of(page, {"code": ""})
    page = await browser.post(urljoin(str(page.url), action), {**hidden, "password": NEW})
    assert await opens(app, ada, PASSWORD)
    assert len(await acrs_of(app, ada)) == 1, "the session in which the app was set up"
    page = await browser.submit(page, code=code_of(seed, clock))
    assert wants_new_password(page)
    assert await finished(browser, page)
    assert await opens(app, ada, NEW)
    assert (await acrs_of(app, ada))[-1] == "aal2"


async def test_a_recovery_code_is_a_factor_too(app: App, mailbox: Mailbox, ada: User, clock: FrozenClock) -> None:
    await with_app(app, clock)
    browser = app.browser()
    page = await browser.submit(await by_mail(app, mailbox, browser), action="method:recovery_code")
    page = await browser.submit(page, code="0000-0000-0000")
    assert page.status_code == 422
    assert not wants_new_password(page)


async def test_a_remembered_device_spares_nobody_in_a_recovery(
    app: App, mailbox: Mailbox, ada: User, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_app(app, clock)

    async def trusted(*_: object) -> bool:
        return True

    monkeypatch.setattr(app.kernel.hooks, "trusts_device", trusted)
    browser = app.browser()
    assert not wants_new_password(await by_mail(app, mailbox, browser))


# -- passkeys


async def test_a_passkey_alone_recovers_a_password(
    app: App, ada: User, clock: FrozenClock, phone: Authenticator
) -> None:
    await with_passkey(app, phone)
    browser = app.browser()
    assert await finished(browser, await by_passkey(browser, phone))
    assert await opens(app, ada, NEW)
    assert (await acrs_of(app, ada))[-1] == "aal3"


async def test_a_mailbox_adds_nothing_beside_a_passkey_alone(
    app: App, mailbox: Mailbox, ada: User, phone: Authenticator
) -> None:
    await set_up(app, after_password=False)
    await with_passkey(app, phone)
    await app.kernel.credentials.remove_kind(app.context, ada.id, "password")
    browser = app.browser()
    page = await by_mail(app, mailbox, browser)
    assert not wants_new_password(page)
    assert "data-options" in page.text, "the passkey is asked for"
    page = await answer(browser, page, phone.get(options_of(page)))
    assert wants_new_password(page)


async def test_a_mailbox_is_enough_where_the_password_beside_a_passkey_was(
    app: App, mailbox: Mailbox, ada: User, phone: Authenticator
) -> None:
    await set_up(app, after_password=False)
    await with_passkey(app, phone)
    browser = app.browser()
    assert wants_new_password(await by_mail(app, mailbox, browser))


async def test_a_plugin_that_is_off_opens_nothing(app: App, mailbox: Mailbox, ada: User, clock: FrozenClock) -> None:
    await with_app(app, clock)
    for plugin in ("recovery", "totp"):
        await app.kernel.tenants.switch_off(app.context, "acme", plugin)
    browser = app.browser()
    page = await by_mail(app, mailbox, browser)
    assert page.status_code == 403
    assert not wants_new_password(page)


# -- what the tenant asks for


async def test_what_a_tenant_requires_is_set_up_on_the_way(
    app: App, mailbox: Mailbox, ada: User, clock: FrozenClock
) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    browser = app.browser()
    page = await by_mail(app, mailbox, browser)
    assert not wants_new_password(page)
    assert "method:totp" in page.text or "totp" in page.text


# -- nobody learns who is there


async def test_nothing_tells_who_has_an_account(app: App, ada: User) -> None:
    await a_person(app, "amy@example.org")
    off = await a_person(app, "ann@example.org", password=PASSWORD)
    await app.kernel.users.set_status(app.context, off.id, UserStatus.DISABLED)
    walks = []
    for address in (EMAIL, "abe@example.org", "amy@example.org", "ann@example.org"):
        await app.kernel.database.execute("DELETE FROM counters")
        browser = app.browser()
        walk = Walk(browser, address)
        page = await walk.step(await browser.get("/recover/account"), identifier=address)
        page = await walk.step(page, action="method:email_otp")
        for _ in range(6):
            page = await walk.step(page, code="000000")
        walks.append(walk.seen)
    assert all(len(walk) == len(walks[0]) for walk in walks)
    for seen in walks[1:]:
        for one, other in zip(seen, walks[0], strict=True):
            assert one | {"length": 0} == other | {"length": 0}


async def test_another_person_s_proof_recovers_nothing(app: App, mailbox: Mailbox, ada: User) -> None:
    await a_person(app, "amy@example.org", password=PASSWORD)
    browser = app.browser()
    page = await browser.submit(await browser.get("/recover/account"), identifier="amy@example.org")
    page = await browser.submit(page, action="method:email_otp")
    page = await browser.submit(page, code="000000")
    assert page.status_code == 422
    assert not wants_new_password(page)
