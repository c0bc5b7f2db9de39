"""Secrets that people type leave no trace: not in a table, not in the log, not on a page (bar B11, V44)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.core.journeys.test_transitions import KEY
from tests.core.journeys.world import SESSION, begun
from xenia.clock import FrozenClock
from xenia.testing.app import App, form_of
from xenia.testing.fake_mailbox import Mailbox
from xenia_totp.codes import code_at, step_of

SIGN_UP, WRONG, NEW = "canary-aa first password", "canary-bb wrong password", "canary-cc newer password"
LONG = "canary-dd " + "x" * 900
TYPED = (SIGN_UP, WRONG, NEW, LONG, "canary-ee", "canary-ff", "canary-gg")
ADDRESS = "canary@example.org"


async def tables(app: App) -> str:
    """All that is stored, as text, and every binary value as what it would read like."""
    names = await app.kernel.database.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    rows: list[Any] = []
    for name in names:
        rows += [tuple(row.values()) for row in await app.kernel.database.fetch(f'SELECT * FROM "{name["relname"]}"')]
    return "\n".join(_text(value) for row in rows for value in row)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def test_what_is_typed_and_what_is_given_leaves_no_trace(
    app: App, clock: FrozenClock, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    pages: list[httpx2.Response] = []
    browser = app.browser()

    def kept(page: httpx2.Response) -> httpx2.Response:
        pages.append(page)
        return page

    page = kept(await browser.submit(await begun(browser, "/sign-up"), identifier=ADDRESS))
    for word in (WRONG[:9], LONG):
        page = kept(await browser.submit(page, password=word))
    if 'name="password"' in page.text:
        page = kept(await browser.submit(page, password=SIGN_UP))
    await browser.post("/sign-out", {})
    known = LONG if 'name="password"' not in pages[2].text else SIGN_UP
    page = kept(await browser.submit(await begun(browser), identifier=ADDRESS))
    page = kept(await browser.submit(page, password=WRONG))
    action, hidden = form_of(page, {"password": ""})
    page = kept(await browser.post(action, {**hidden, "password": known, "surplus": "canary-ee"}))
    page = kept(await browser.post("/account/enrol/totp", {"action": "canary-ff"}))
    found = KEY.search(page.text)
    assert found
    seed = found[1].replace(" ", "")
    code = code_at(seed, step_of(clock.now()))
    shown = await browser.submit(page, code=code, label="phone")
    kept(await browser.get("/account/security"))
    kept(await browser.post("/recover", {"identifier": "canary-gg"}))
    kept(await browser.get("/journey/canary-gg", headers={"authorization": "Bearer canary-gg"}))
    secret = browser.cookie(SESSION) or "none"
    handle = page.url.path.rpartition("/")[2]
    await app.settle()
    stored, logged = await tables(app), "".join(capsys.readouterr())
    assert "canary" in logged or ADDRESS not in logged
    for canary in (*TYPED, seed, secret, secret.removeprefix("xss_"), handle, handle.removeprefix("xjh_")):
        assert canary not in stored, canary
    for canary in (SIGN_UP, WRONG, NEW, LONG, "canary-ee", "canary-ff", seed, secret, ADDRESS):
        assert canary not in logged, canary
    for one in pages:
        for canary in (SIGN_UP, WRONG, LONG, secret):
            assert canary not in one.text, (canary, one.url)
    codes = [line for line in shown.text.split() if line.count("-") == 2 and "<code" in line]
    assert not any(code in stored for code in codes)


async def test_an_address_that_a_stranger_typed_is_stored_nowhere_readable(app: App) -> None:
    browser = app.browser()
    page = await browser.submit(await begun(browser), identifier="stranger-canary@example.org")
    await browser.submit(page, password="whatever")
    await app.settle()
    assert "stranger-canary" not in await tables(app)
