"""Another company's puzzle: its token is verified once, its page alone lets it in, and without it there is another way."""

from __future__ import annotations

import asyncio
from html import unescape
from urllib.parse import urljoin

import httpx2
import pytest

from tests.plugins.protection.company import SECRET, SITE_KEY, Company
from tests.plugins.protection.support import (
    PASSWORD,
    QuickHasher,
    a_browser,
    asks_for_password,
    identified,
    is_signed_in,
    use,
    windows_end,
)
from xenia.api import Secret, Unavailable
from xenia.testing.app import App, Browser, form_of
from xenia.users.models import User
from xenia_protection.captcha import WIDGETS
from xenia_protection.settings import Provider


@pytest.fixture(params=["hcaptcha", "turnstile"])
def company(request: pytest.FixtureRequest, app: App) -> Company:
    """Whom the tenant asks."""
    made = Company(request.param)
    app.kernel.dialer = made  # type: ignore[assignment]  # as much of it as is asked for
    return made


async def wanted(app: App, company: Company, **more: object) -> None:
    await use(
        app, network_free=0, provider=Provider(company.provider), site_key=SITE_KEY, secret=Secret(SECRET), **more
    )


async def sent(browser: Browser, page: httpx2.Response, company: Company, token: str) -> httpx2.Response:
    """The page's own form with a token, as the widget adds it."""
    action, hidden = form_of(page, {"csrf": ""})
    field = WIDGETS[Provider(company.provider)].field
    return await browser.post(urljoin(str(page.url), action), {**hidden, field: token})


async def test_a_token_that_is_good_leads_on(app: App, ada: User, company: Company) -> None:
    await wanted(app, company)
    browser = a_browser(app)
    page = await sent(browser, await identified(browser), company, company.token())
    assert asks_for_password(page), page.text
    assert is_signed_in(await browser.submit(page, password=PASSWORD))
    assert company.asked[0]["secret"] == SECRET
    assert "remoteip" not in company.asked[0]


@pytest.mark.parametrize(
    ("hostname", "expired"), [("evil.example", False), (None, False), ("localhost", True)], ids=str
)
async def test_a_token_of_another_site_or_time_is_refused(
    app: App, ada: User, company: Company, hostname: str | None, expired: bool
) -> None:
    await wanted(app, company)
    browser = a_browser(app)
    page = await sent(browser, await identified(browser), company, company.token(hostname=hostname, expired=expired))
    assert page.status_code == 422
    assert not asks_for_password(page)


@pytest.mark.parametrize("token", ["made up", "x" * 5000, "<script>", "\u00e9", "good-token\r\nsecret=x"])
async def test_a_token_that_is_none_is_refused(app: App, ada: User, company: Company, token: str) -> None:
    await wanted(app, company)
    browser = a_browser(app)
    page = await sent(browser, await identified(browser), company, token)
    assert page.status_code == 422


async def test_a_token_is_good_once_even_where_the_company_takes_it_twice(
    app: App, ada: User, company: Company
) -> None:
    company.takes_twice = True
    await wanted(app, company)
    browsers = [a_browser(app) for _ in range(10)]
    pages = [await identified(browser) for browser in browsers]
    token = company.token()
    ends = await asyncio.gather(
        *(sent(browser, page, company, token) for browser, page in zip(browsers, pages, strict=True))
    )
    assert [asks_for_password(page) for page in ends].count(True) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        Unavailable("away"),
        httpx2.Response(500, text="oops"),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json={"success": False, "error-codes": ["internal-error"]}),
        httpx2.Response(200, json={"success": False, "error-codes": ["invalid-input-secret"]}),
    ],
    ids=["away", "500", "no json", "trouble", "our secret is wrong"],
)
@pytest.mark.parametrize("fail_open", [False, True])
async def test_where_nobody_can_say_the_setting_does(
    app: App, ada: User, company: Company, trouble: httpx2.Response | Exception, fail_open: bool
) -> None:
    company.down = trouble
    await wanted(app, company, fail_open=fail_open)
    browser = a_browser(app)
    page = await sent(browser, await identified(browser), company, company.token())
    assert asks_for_password(page) is fail_open


async def test_its_page_alone_lets_the_company_in(app: App, ada: User, company: Company) -> None:
    await wanted(app, company)
    browser = a_browser(app)
    before = await browser.get("/sign-in")
    page = await browser.submit(before, identifier="ada@example.org")
    after = await sent(browser, page, company, company.token())
    origin = {"hcaptcha": "https://js.hcaptcha.com", "turnstile": "https://challenges.cloudflare.com"}[company.provider]
    policies = [one.headers["content-security-policy"] for one in (before, page, after)]
    assert [origin in policy for policy in policies] == [False, True, False]
    assert "unsafe" not in policies[1]
    assert f'src="{origin}/' in unescape(page.text)


async def test_a_page_that_lets_it_in_is_loaded_as_a_whole_and_its_form_too(
    app: App, ada: User, company: Company
) -> None:
    await wanted(app, company)
    browser = a_browser(app)
    page = await browser.get("/sign-in")
    browser.client.headers["hx-request"] = "true"
    answer = await browser.submit(page, identifier="ada@example.org")
    assert answer.headers["hx-redirect"] == page.url.path
    del browser.client.headers["hx-request"]
    shown = await browser.get(answer.headers["hx-redirect"])
    main = shown.text.partition("<main")[2].partition("h-captcha" if company.provider == "hcaptcha" else "cf-turnstile")
    assert "hx-post" not in main[0].rpartition("<form")[2]


async def test_who_sees_no_puzzle_waits(app: App, ada: User, company: Company) -> None:
    await wanted(app, company)
    browser = a_browser(app)
    page = await identified(browser)
    assert "Wait 20 seconds" in page.text
    assert (await sent(browser, page, company, "")).status_code == 422
    await windows_end(app)
    assert asks_for_password(await sent(browser, page, company, ""))
    assert company.asked == []


async def test_the_secret_is_sealed_and_shown_to_nobody(app: App, company: Company, hasher: QuickHasher) -> None:
    await wanted(app, company)
    stored = await app.kernel.database.fetchval("SELECT data::text FROM settings WHERE plugin = 'protection'")
    assert SECRET not in stored
    assert SECRET not in await app.kernel.document(app.context)
