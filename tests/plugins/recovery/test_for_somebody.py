"""What is done for a person by whoever looks after the service, who learns nothing to sign in with by it."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.plugins.recovery.support import NEW, RESET, opens, with_app, with_password
from xenia.clock import FrozenClock
from xenia.events.models import EventQuery
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import IdentifierKind, NewIdentifier, User, UserStatus
from xenia_password.service import PasswordService

NEWEST = "eleven otters paint hedges"


async def test_a_link_goes_to_the_proven_address_alone(app: App, ada: User, mailbox: Mailbox) -> None:
    stray = NewIdentifier(kind=IdentifierKind.EMAIL, value="stray@example.org")
    await app.kernel.users.add_identifier(app.context, ada.id, stray)
    assert await app.kernel.hooks.send_way_in(app.context, ada.id)
    await app.settle()
    assert [one.to for one in mailbox.messages] == [EMAIL]
    path = RESET.search(mailbox.last.text)
    assert path
    browser = app.browser()
    await browser.submit(await browser.get(path[1]), password=NEW)
    assert await opens(app, ada, NEW)


async def test_the_link_bypasses_no_factor(app: App, ada: User, mailbox: Mailbox, clock: FrozenClock) -> None:
    await with_app(app, clock)
    assert await app.kernel.hooks.send_way_in(app.context, ada.id)
    await app.settle()
    paths = [found[1] for one in mailbox.to(EMAIL) if (found := RESET.search(one.text))]
    browser = app.browser()
    page = await browser.submit(await browser.get(paths[-1]), action="")
    assert 'name="code"' in page.text
    assert await opens(app, ada, PASSWORD)


async def test_fifty_presses_of_a_link_begin_one_recovery(
    app: App, ada: User, mailbox: Mailbox, clock: FrozenClock
) -> None:
    await with_app(app, clock)
    await app.kernel.hooks.send_way_in(app.context, ada.id)
    await app.settle()
    path = [found[1] for one in mailbox.to(EMAIL) if (found := RESET.search(one.text))][-1]
    browser = app.browser()
    await browser.get(path)
    answers = await asyncio.gather(*(browser.post(path, {}, follow=False) for _ in range(50)))
    statuses = [one.status_code for one in answers]
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 410, 503}


async def test_nothing_is_sent_to_who_can_t_be_reached(app: App, ada: User, mailbox: Mailbox) -> None:
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    assert not await app.kernel.hooks.send_way_in(app.context, ada.id)
    amy = await a_person(app, "amy@example.org")
    await app.kernel.database.execute("UPDATE identifiers SET verified_at = NULL")
    assert not await app.kernel.hooks.send_way_in(app.context, amy.id)
    await app.settle()
    assert mailbox.messages == []


async def test_a_mailbox_isn_t_flooded_by_an_administrator_either(app: App, ada: User) -> None:
    sent = [await app.kernel.hooks.send_way_in(app.context, ada.id) for _ in range(6)]
    assert sent == [True] * 5 + [False]


async def test_a_password_that_must_change_opens_one_more_sign_in(app: App, ada: User) -> None:
    assert await app.kernel.hooks.require_change(app.context, ada.id, "password")
    browser, page = await with_password(app)
    assert "asked to choose another password" in page.text
    assert await app.kernel.sessions.of_user(app.context, ada.id) == ()
    page = await browser.submit(page, password=PASSWORD)
    assert page.status_code == 422, "the same one again"
    page = await browser.submit(page, password=NEWEST)
    assert page.url.path.endswith("/account"), page.text
    _, page = await with_password(app, password=NEWEST)
    assert page.url.path.endswith("/account"), "it was asked for once"


async def test_giving_up_leaves_the_demand(app: App, ada: User) -> None:
    await app.kernel.hooks.require_change(app.context, ada.id, "password")
    for _ in range(2):
        _, page = await with_password(app)
        assert "asked to choose another password" in page.text


async def test_the_mark_survives_a_new_hash(app: App, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    await app.kernel.hooks.require_change(app.context, ada.id, "password")
    service = PasswordService(app.kernel)
    before = await service.current(app.context, ada.id)
    assert before
    monkeypatch.setattr(app.kernel.hasher, "needs_rehash", lambda _encoded: True)
    assert await opens(app, ada, PASSWORD)
    after = await service.current(app.context, ada.id)
    assert after
    assert after.data != before.data
    _, page = await with_password(app)
    assert "asked to choose another password" in page.text


async def test_only_passwords_can_be_asked_to_change(app: App, ada: User) -> None:
    assert not await app.kernel.hooks.require_change(app.context, ada.id, "totp")
    amy = await a_person(app, "amy@example.org")
    assert not await app.kernel.hooks.require_change(app.context, amy.id, "password")


async def test_it_is_in_the_audit_log(app: App, ada: User) -> None:
    await app.kernel.hooks.require_change(app.context, ada.id, "password")
    page = await app.kernel.events.list(app.context, EventQuery(types=("password.change_required",)))
    assert [event.data for event in page.events] == [{"check": "administrator"}]


async def test_a_password_that_is_removed_is_told_of(app: App, ada: User, mailbox: Mailbox) -> None:
    await app.kernel.credentials.remove_kind(app.context, ada.id, "password")
    await app.settle()
    assert [one.subject for one in mailbox.to(EMAIL)] == ["Your password was removed"]
    assert not re.search(r"/recover/x", mailbox.last.text)
