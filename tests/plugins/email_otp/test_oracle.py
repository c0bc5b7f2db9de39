"""Nobody learns from a code by mail who has an account: status, body, headers, cookies and the work are the same."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from tests.plugins.email_otp.conftest import METHOD, forget_limits, settled, use
from xenia.testing.app import App, Browser
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL
from xenia.users.models import User, UserStatus
from xenia_email_otp.settings import Place

KNOWN, UNKNOWN = EMAIL, "abe@example.org"


def seen(answer: httpx2.Response, email: str) -> dict[str, Any]:
    """Everything that can be seen of an answer, but what is random in each."""
    text = answer.text.replace(email, "ADDRESS")
    text = re.sub(r"xjh_\w+|name=\"csrf\" value=\"[^\"]*\"|nonce-[\w+/=-]+|nonce=\"[^\"]*\"|xbr_\w+", "RANDOM", text)
    headers = {
        name: re.sub(r"xjh_\w+|nonce-[\w+/=-]+|xbr_\w+", "RANDOM", value)
        for name, value in answer.headers.items()
        if name not in ("content-length", "date", "x-request-id")
    }
    cookies = sorted(re.sub(r"=[^;]*", "=VALUE", cookie, count=1) for cookie in answer.headers.get_list("set-cookie"))
    return {"status": answer.status_code, "headers": headers, "cookies": cookies, "text": text}


async def walked(browser: Browser, app: App, email: str) -> list[dict[str, Any]]:
    """What a stranger sees on the whole way: every redirect and page."""
    answers: list[httpx2.Response] = []

    async def step(page: httpx2.Response, **fields: str) -> httpx2.Response:
        answers.append(answer := await browser.submit(page, follow=False, **fields))
        if answer.is_redirect:
            answers.append(answer := await browser.get(answer.headers["location"]))
        return answer

    page = await step(await browser.get("/sign-in"), identifier=email)
    if METHOD in page.text:
        page = await step(page, action=METHOD)
    await settled(app)
    page = await step(page, action="resend")
    await app.kernel.database.execute("DELETE FROM counters WHERE window_ends < now() + interval '1 minute'")
    page = await step(page, action="resend")
    for code in ("", "12345", *["000000"] * 7):
        page = await step(page, code=code)
    return [seen(answer, email) for answer in answers]


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
    assert len(known) == len(unknown)
    for one, other in zip(known, unknown, strict=True):
        assert one == other
    assert mailbox.to(UNKNOWN) == []
    assert len(mailbox.to(KNOWN)) == (2 if who == "known" else 0)


async def test_the_same_statements_are_sent_for_both(app: App, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a request does must not differ; the mail is another moment's work."""
    said: list[str] = []
    database = app.kernel.database
    for name in ("fetch", "fetchrow", "fetchval", "execute", "changed"):
        real = getattr(database, name)

        async def spied(sql: str, *args: Any, _real: Any = real, **more: Any) -> Any:
            said.append(" ".join(sql.split())[:60])
            return await _real(sql, *args, **more)

        monkeypatch.setattr(database, name, spied)

    async def statements(email: str) -> list[str]:
        browser = app.browser()
        page = await browser.submit(await browser.get("/sign-in"), identifier=email)
        said.clear()
        page = await browser.submit(page, action=METHOD)
        await browser.submit(page, code="000000")
        return list(said)

    first = await statements(KNOWN)
    assert first == await statements(UNKNOWN)
    assert any("INSERT INTO jobs" in sql for sql in first)
