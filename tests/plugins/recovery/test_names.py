"""A forgotten user name: mailed to the proven address, with one answer for everybody."""

from __future__ import annotations

import re

import pytest

from tests.plugins.mailed import settled
from tests.plugins.seeing import Walk, statements
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, a_person
from xenia.users.models import IdentifierKind, NewIdentifier, User
from xenia_recovery.settings import RecoverySettings


@pytest.fixture
async def named(app: App, ada: User) -> User:
    """Ada is called quill here, and the tenant mails names."""
    await app.kernel.config.put(app.context, RecoverySettings, RecoverySettings(user_names=True))
    name = NewIdentifier(kind=IdentifierKind.USERNAME, value="quill")
    return await app.kernel.users.add_identifier(app.context, ada.id, name)


async def test_the_name_is_mailed(app: App, named: User, mailbox: Mailbox) -> None:
    browser = app.browser()
    page = await browser.submit(await browser.get("/recovery/name"), identifier=EMAIL.upper())
    assert page.url.path.endswith("/recovery/name/sent")
    await settled(app)
    assert [one.to for one in mailbox.messages] == [EMAIL]
    assert re.search(r"\bquill\b", mailbox.last.text)
    assert "quill" not in page.text


async def test_an_address_that_nobody_proved_gets_nothing(app: App, named: User, mailbox: Mailbox) -> None:
    await app.kernel.database.execute("UPDATE identifiers SET verified_at = NULL")
    browser = app.browser()
    await browser.submit(await browser.get("/recovery/name"), identifier=EMAIL)
    await settled(app)
    assert mailbox.messages == []


async def test_the_answer_is_one_for_everybody(
    app: App, named: User, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_person(app, "amy@example.org")
    walks, work = [], []
    for address in (EMAIL, "abe@example.org", "amy@example.org"):
        browser = app.browser()
        page = await browser.get("/recovery/name")
        walk = Walk(browser, address)
        with statements(monkeypatch) as said:
            await walk.step(page, identifier=address)
        walks.append(walk.seen)
        work.append(said)
    assert walks[0] == walks[1] == walks[2]
    assert work[0] == work[1] == work[2]


async def test_a_tenant_without_names_has_no_such_page(app: App) -> None:
    for path in ("/recovery/name", "/recovery/name/sent"):
        assert (await app.browser().get(path)).status_code == 404
    assert (await app.browser().post("/recovery/name", {"identifier": EMAIL})).status_code == 404


async def test_a_mailbox_is_not_flooded(app: App, named: User, mailbox: Mailbox) -> None:
    browser = app.browser()
    for _ in range(5):
        await browser.post("/recovery/name", {"identifier": EMAIL})
    await settled(app)
    assert len(mailbox.messages) == 3


@pytest.mark.parametrize("typed", ["", "nobody", "x" * 250 + "@x.example"])
async def test_what_is_no_address_is_asked_for_again(app: App, named: User, typed: str) -> None:
    assert (await app.browser().post("/recovery/name", {"identifier": typed})).status_code == 422
