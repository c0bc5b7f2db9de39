"""A forgotten password, from the page to the new one."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from xenia.credentials.models import NewCredential
from xenia.security.one_time import OneTime
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus
from xenia_password.policy import Policy
from xenia_password.reset import ResetService
from xenia_password.service import PasswordService

NEW = "seven otters paint fences"
LINK = re.compile(r"http://localhost:8000/t/acme(/recover/[^\s\"<>]+)")


async def asked(app: App, browser: Browser, identifier: str = EMAIL) -> tuple[int, str]:
    """Ask for a link; the status and words of the answer."""
    page = await browser.submit(await browser.get("/recover"), identifier=identifier)
    await app.settle()
    return page.status_code, page.text


async def link_of(app: App, mailbox: Mailbox, browser: Browser, identifier: str = EMAIL) -> str:
    """The path in the newest mail that holds one."""
    await asked(app, browser, identifier)
    return [found[1] for one in mailbox.to(identifier) if (found := LINK.search(one.text))][-1]


async def opens(app: App, user: User, password: str) -> bool:
    """Whether this is the user's password."""
    return await PasswordService(app.kernel).verify(app.context, user.id, password) is not None


async def test_a_person_gets_a_new_password_by_mail(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    path = await link_of(app, mailbox, browser)
    done = await browser.submit(await browser.get(path), password=NEW)
    assert done.status_code == 200
    assert str(done.url).endswith("/recover/done")
    assert await opens(app, ada, NEW)
    assert not await opens(app, ada, PASSWORD)
    await app.settle()
    assert [one.subject for one in mailbox.to(EMAIL)] == ["Choose a new password", "Your password was changed"]


async def test_it_signs_nobody_in(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    await browser.submit(await browser.get(await link_of(app, mailbox, browser)), password=NEW)
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()


async def test_a_second_factor_is_asked_for_before_anything_is_changed(app: App, mailbox: Mailbox, ada: User) -> None:
    factor = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, factor)
    browser = app.browser()
    path = await link_of(app, mailbox, browser)
    page = await browser.get(path)
    assert 'name="password"' not in page.text
    page = await browser.submit(page, action="")
    assert 'name="code"' in page.text
    assert (await browser.post(path, {"password": NEW})).status_code == 410
    assert await opens(app, ada, PASSWORD)
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()


async def test_a_link_from_before_a_second_factor_is_dead(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    page = await browser.get(await link_of(app, mailbox, browser))
    factor = NewCredential(plugin="totp", kind="totp", data=b"JBSWY3DPEHPK3PXP", second=True)
    await app.kernel.credentials.add(app.context, ada.id, factor)
    assert (await browser.submit(page, password=NEW)).status_code == 410
    assert await opens(app, ada, PASSWORD)


async def test_known_and_unknown_get_the_same_answer(app: App, mailbox: Mailbox, ada: User) -> None:
    answers = [await asked(app, app.browser(), address) for address in (EMAIL, "nobody@example.org", "ghost")]
    assert len({status for status, _ in answers}) == 1
    assert len({re.sub(r'(value|content)="[^"]*"', "", words) for _, words in answers}) == 1
    assert [one.to for one in mailbox.messages] == [EMAIL]


async def test_nobody_is_looked_up_before_the_answer(app: App, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> User:
        raise AssertionError("looked up")

    monkeypatch.setattr(app.kernel.users, "find", never)
    browser = app.browser()
    page = await browser.submit(await browser.get("/recover"), identifier=EMAIL)
    assert page.status_code == 200


@pytest.mark.parametrize("identifier", ["", "   ", "x" * 255])
async def test_no_address_is_asked_for_again(app: App, identifier: str) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/recover"), identifier=identifier)
    assert page.status_code == 422


async def test_opening_the_link_spends_nothing(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    path = await link_of(app, mailbox, browser)
    for _ in range(3):
        page = await app.browser().get(path)
        assert page.status_code == 200
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "no-store" in page.headers["cache-control"]
    assert (await browser.submit(await browser.get(path), password=NEW)).status_code == 200
    assert await opens(app, ada, NEW)


async def test_a_refused_password_leaves_the_link_as_it_was(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    page = await browser.get(await link_of(app, mailbox, browser))
    for bad in ("short", "passwordpassword", "ada quillfeather ada", ""):
        page = await browser.submit(page, password=bad)
        assert page.status_code == 422
        assert bad == "" or f'value="{bad}"' not in page.text
    assert (await browser.submit(page, password=NEW)).status_code == 200
    assert await opens(app, ada, NEW)


async def test_the_link_works_once_and_for_one_of_fifty(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    path = await link_of(app, mailbox, browser)
    answers = await asyncio.gather(
        *(browser.post(path, {"password": f"{NEW} {number}"}, follow=False) for number in range(50))
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 410, 503}
    winner = statuses.index(303)
    assert await opens(app, ada, f"{NEW} {winner}")
    assert (await browser.get(path)).status_code == 410
    assert len(await app.kernel.credentials.of_user(app.context, ada.id, "password")) == 1


async def test_a_change_ends_every_link_sent_before(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    first = await link_of(app, mailbox, browser)
    second = await link_of(app, mailbox, browser)
    assert first != second
    await browser.submit(await browser.get(second), password=NEW)
    assert (await browser.get(first)).status_code == 410
    assert (await browser.post(first, {"password": "another one entirely fine"})).status_code == 410


async def test_a_link_of_a_disabled_account_is_dead(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    path = await link_of(app, mailbox, browser)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    assert (await browser.get(path)).status_code == 410
    assert (await browser.post(path, {"password": NEW})).status_code == 410


async def test_an_expired_link_is_dead(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    path = await link_of(app, mailbox, browser)
    await app.kernel.database.execute("UPDATE one_time SET expires_at = now() - interval '1 second'")
    assert (await browser.get(path)).status_code == 410
    assert (await browser.post(path, {"password": NEW})).status_code == 410


@pytest.mark.parametrize("secret", ["x", "xreset_" + "0" * 49, "%00", "ünïcode", "x" * 3000, "xreset_%2e%2e"])
async def test_a_link_that_was_never_sent_is_dead(app: App, secret: str) -> None:
    browser = app.browser()
    assert (await browser.get(f"/recover/{secret}")).status_code in (404, 410)
    assert (await browser.post(f"/recover/{secret}", {"password": NEW})).status_code in (404, 410)


async def test_a_link_of_another_tenant_is_dead(app: App, mailbox: Mailbox, ada: User) -> None:
    await app.tenant("other")
    path = await link_of(app, mailbox, app.browser())
    assert (await app.browser("other").get(path)).status_code == 410


async def test_a_password_is_never_reached_by_another_kind_of_secret(app: App, ada: User) -> None:
    one_time: OneTime = app.kernel.one_time
    secret = await one_time.issue("acme", "link", b"{}", timedelta(minutes=5))
    assert (await app.browser().get(f"/recover/{secret}")).status_code == 410


async def test_a_mailbox_adds_no_password_beside_a_passkey(app: App, mailbox: Mailbox) -> None:
    grace = await a_person(app, "grace@example.org")
    await app.kernel.credentials.add(
        app.context, grace.id, NewCredential(plugin="passkeys", kind="passkey", data=b"key")
    )
    browser = app.browser()
    page = await browser.get(await link_of(app, mailbox, browser, "grace@example.org"))
    page = await browser.submit(page, action="")
    assert page.status_code == 403, "nobody here can ask for more"
    assert not await opens(app, grace, NEW)


async def test_an_account_without_anything_gets_a_first_password(app: App, mailbox: Mailbox) -> None:
    grace = await a_person(app, "grace@example.org")
    browser = app.browser()
    path = await link_of(app, mailbox, browser, "grace@example.org")
    await browser.submit(await browser.get(path), password=NEW)
    assert await opens(app, grace, NEW)


async def test_the_mail_goes_to_the_stored_address(app: App, mailbox: Mailbox, ada: User) -> None:
    await asked(app, app.browser(), EMAIL.upper())
    assert [one.to for one in mailbox.messages] == [EMAIL]


async def test_a_mailbox_is_not_flooded(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    for _ in range(6):
        status, _ = await asked(app, browser)
        assert status == 200
    assert len(mailbox.messages) == 3


async def test_a_source_that_asks_too_often_is_told_to_wait(app: App) -> None:
    browser = app.browser()
    answers = [await browser.post("/recover", {"identifier": f"n{number}@example.org"}) for number in range(31)]
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert answers[30].status_code == 429


async def test_a_form_of_another_site_is_refused(app: App, ada: User) -> None:
    browser = app.browser(**{"sec-fetch-site": "cross-site", "origin": "https://evil.example"})
    assert (await browser.post("/recover", {"identifier": EMAIL})).status_code == 403


async def test_password_managers_find_the_page(app: App) -> None:
    answer = await app.browser().get("/.well-known/change-password", follow=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/t/acme/account/security"


async def test_the_link_lives_as_long_as_the_tenant_says(app: App, mailbox: Mailbox, ada: User) -> None:
    resets = ResetService(app.kernel, PasswordService(app.kernel), Policy(app.kernel))
    await resets.send(app.context, {"identifier": EMAIL, "locale": "en"})
    left = await app.kernel.database.fetchval("SELECT expires_at - now() FROM one_time WHERE kind = 'reset'")
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
