"""Nobody learns from a code by mail who has an account: status, body, headers, cookies and the work are the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.email_otp.conftest import METHOD, use
from tests.plugins.mailed import forget_limits, settled
from tests.plugins.seeing import Walk, statements
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL
from xenia.users.models import User, UserStatus
from xenia_email_otp.settings import Place

KNOWN, UNKNOWN = EMAIL, "abe@example.org"


async def walked(browser: Browser, app: App, email: str) -> list[dict[str, Any]]:
    """What a stranger sees on the whole way, up to the end of the attempts."""
    walk = Walk(browser, email)
    page = await walk.step(await browser.get("/sign-in"), identifier=email)
    if METHOD in page.text:
        page = await walk.step(page, action=METHOD)
    await settled(app)
    page = await walk.step(page, action="resend")
    await app.kernel.database.execute("DELETE FROM counters WHERE window_ends < now() + interval '1 minute'")
    page = await walk.step(page, action="resend")
    for code in ("", "12345", *["000000"] * 7):
        page = await walk.step(page, code=code)
    return walk.seen


@pytest.mark.parametrize("first", [Place.OFFERED, Place.PREFERRED])
@pytest.mark.parametrize("who", ["known", "disabled"])
async def test_a_known_and_an_unknown_address_see_the_same(
    app: App, mailbox: Mailbox, ada: User, first: Place, who: str
) -> None:
    await use(app, first=first)
    if who == "disabled":
        await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    known = await walked(app.browser(), app, KNOWN)
    await forget_limits(app)
    unknown = await walked(app.browser(), app, UNKNOWN)
    assert known == unknown
    assert mailbox.to(UNKNOWN) == []
    assert len(mailbox.to(KNOWN)) == (2 if who == "known" else 0)


async def test_the_same_statements_are_sent_for_both(app: App, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a request does must not differ; finding out whether to send a mail is another moment's work."""

    async def said(email: str) -> list[str]:
        browser = app.browser()
        page = await browser.submit(await browser.get("/sign-in"), identifier=email)
        with statements(monkeypatch) as found:
            page = await browser.submit(page, action=METHOD)
            await browser.submit(page, code="000000")
        return found

    first = await said(KNOWN)
    assert first == await said(UNKNOWN)
    assert any("INSERT INTO jobs" in sql for sql in first)
