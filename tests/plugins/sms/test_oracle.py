"""Nobody learns from a code by text message who has an account or a number, nor from a budget that is used up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.mailed import asked_by, forget_limits, identified, settled
from tests.plugins.seeing import Walk, statements
from tests.plugins.sms.conftest import METHOD, Gateway, has_number, unclocked, use
from tests.plugins.sms.test_enrolment import asked, signed_in
from xenia.testing.app import App
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus

KNOWN, UNKNOWN = EMAIL, "abe@example.org"


async def walked(app: App, email: str) -> list[dict[str, Any]]:
    """What a stranger sees on the whole way, up to the end of the attempts."""
    browser = app.browser()
    walk = Walk(browser, email)
    page = await walk.step(await browser.get("/sign-in"), identifier=email)
    page = await walk.step(page, action=METHOD)
    await settled(app)
    page = await walk.step(page, action="resend")
    await app.kernel.database.execute("DELETE FROM counters WHERE window_ends < now() + interval '2 minutes'")
    page = await walk.step(page, action="resend")
    await settled(app)
    for code in ("", "12345", *["000000"] * 7):
        page = await walk.step(page, code=code)
    return unclocked(walk.seen)


@pytest.mark.parametrize("who", ["equipped", "without a number", "disabled"])
async def test_a_known_and_an_unknown_address_see_the_same(app: App, gateway: Gateway, ada: User, who: str) -> None:
    await use(app, gateway, first=True)
    if who != "without a number":
        await has_number(app, ada)
    if who == "disabled":
        await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    known = await walked(app, KNOWN)
    await forget_limits(app)
    assert known == await walked(app, UNKNOWN)
    assert len(gateway.sent()) == (2 if who == "equipped" else 0)


async def test_a_budget_is_used_up_alike_whether_or_not_anybody_is_there(app: App, gateway: Gateway, ada: User) -> None:
    """Else its end, which everybody sees, would tell whether the one before was an account."""
    await use(app, gateway, first=True, hour_budget=4, prices={"US": 2})
    await has_number(app, ada)
    for first in (KNOWN, UNKNOWN):
        await app.kernel.database.execute("DELETE FROM sms_spending")
        pages = [await asked_by(app, app.browser(), METHOD, email) for email in (first, "cat@example.org")]
        assert ["No text message can be sent at the moment" in page.text for page in pages] == [False, True]


async def test_the_same_statements_are_sent_for_both(
    app: App, gateway: Gateway, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a request does must not differ; finding out whether to send anything is another moment's work."""
    await use(app, gateway, first=True)
    await has_number(app, ada)
    await walked(app, "dog@example.org")  # what is read once is read

    async def said(email: str) -> list[str]:
        browser = app.browser()
        page = await identified(browser, email)
        with statements(monkeypatch) as found:
            page = await browser.submit(page, action=METHOD)
            await browser.submit(page, code="000000")
        return found

    await forget_limits(app)
    first = await said(KNOWN)
    assert first == await said(UNKNOWN)
    assert any("INSERT INTO jobs" in sql for sql in first)


async def test_whether_a_number_was_used_is_not_told_to_whoever_sets_it_up(app: App, gateway: Gateway) -> None:
    """Codes to sign in with are counted apart from codes for a new number."""
    await use(app, gateway, first=True)
    await has_number(app, await a_person(app, "grace@example.org"))
    await a_person(app, "eve@example.org", password=PASSWORD)
    for _ in range(8):
        await asked_by(app, app.browser(), METHOD, "grace@example.org")
    page = await asked(app, await signed_in(app, "eve@example.org"))
    assert 'name="code"' in page.text
