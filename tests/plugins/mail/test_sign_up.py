"""A person registers: the mail arrives in the mailbox, the code or the link leads to an account."""

from __future__ import annotations

import re
from html import unescape

import httpx2

from xenia.testing.app import App, Browser

PASSWORD = "a walk along seven quiet rivers"


async def _registered(app: App, browser: Browser, email: str = "ada@acme.example") -> httpx2.Response:
    """The page that waits for the code."""
    page = await browser.get("/sign-up")
    page = await browser.submit(page, identifier=email)
    page = await browser.submit(page, password=PASSWORD)
    await app.settle()
    return page


async def _mail(browser: Browser) -> str:
    """The newest mail, as the mailbox shows it."""
    listed = await browser.get("/mailbox")
    newest = re.findall(r'href="([^"]*/mailbox/[0-9a-f-]{36})"', unescape(listed.text))[0]
    return unescape((await browser.get(newest)).text)


def _codes(mail: str) -> list[str]:
    return re.findall(r"<p>\s*(\d{6})\s*</p>", mail)


async def test_a_code_from_the_mailbox_leads_to_an_account(app: App) -> None:
    browser = app.browser()
    page = await _registered(app, browser)
    code = _codes(await _mail(browser))[0]
    page = await browser.submit(page, code=code)
    assert page.status_code == 200
    assert str(page.url).endswith("/account")


async def test_a_link_confirmed_elsewhere_lets_the_first_window_go_on(app: App) -> None:
    browser, phone = app.browser(), app.browser()
    page = await _registered(app, browser)
    link = re.findall(r'href="(http://localhost:8000/t/acme/verify-email/[^"]+)"', await _mail(browser))[0]
    confirm = await phone.get(link)
    done = await phone.submit(confirm)
    assert "/verify-email/done" in str(done.url)
    assert (await phone.get("/account")).url.path != "/t/acme/account", "whoever confirms is not signed in by it"
    page = await browser.submit(page, action="approved")
    assert str(page.url).endswith("/account")


async def test_an_address_with_an_account_is_told_so_by_mail_alone(app: App) -> None:
    first = app.browser()
    page = await _registered(app, first)
    code = _codes(await _mail(first))[0]
    await first.submit(page, code=code)

    second = app.browser()
    page = await _registered(app, second)
    assert 'name="code"' in page.text
    told = await _mail(second)
    assert not _codes(told)
    assert "/t/acme/sign-in" in told
