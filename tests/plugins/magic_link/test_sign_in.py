"""A link by mail signs one person in, once, in the browser that asked for it, or lets that browser go on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import httpx2
import pytest

from tests.plugins.magic_link.conftest import METHOD, asked, links_in, number_on, use
from tests.plugins.mailed import forget_limits, identified, is_signed_in, sessions, settled
from xenia.testing.app import App
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import IdentifierKind, NewIdentifier, NewUser, User, UserStatus
from xenia_magic_link.settings import Place

pytestmark = pytest.mark.usefixtures("ada")

SCANNERS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("HEAD", {}),
    ("HEAD", {"user-agent": "Mozilla/5.0 (compatible; MailScanner/1.0)"}),
    *(("GET", {"user-agent": f"SafeLinks/{number}"}) for number in range(5)),
    ("GET", {"sec-purpose": "prefetch"}),
    ("GET", {"sec-purpose": "prefetch;prerender"}),
    ("GET", {"purpose": "prefetch"}),
    ("GET", {"x-moz": "prefetch"}),
    ("GET", {"accept": "*/*", "range": "bytes=0-100"}),
    ("OPTIONS", {"origin": "https://scanner.example"}),
)


# ------------------------------------------------------------------ the same browser


async def test_one_press_behind_the_link_signs_in(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    await asked(app, browser)
    page = await browser.get(links_in(mailbox)[-1])
    assert "Sign in to Acme Stores" in page.text
    assert EMAIL in page.text
    assert await sessions(app) == 0
    assert is_signed_in(await browser.submit(page, action=""))
    [session] = await app.kernel.sessions.of_user(app.context, ada.id)
    assert (session.acr, session.amr) == ("aal1", ("otp",))


async def test_nothing_is_sent_before_somebody_chose_it(app: App, mailbox: Mailbox) -> None:
    page = await identified(app.browser())
    await settled(app)
    assert 'name="password"' in page.text
    assert METHOD in page.text
    assert mailbox.messages == []


async def test_where_it_is_preferred_it_comes_first_and_a_password_will_do_too(app: App, mailbox: Mailbox) -> None:
    await use(app, first=Place.PREFERRED)
    browser = app.browser()
    page = await identified(browser)
    await settled(app)
    assert len(links_in(mailbox)) == 1
    page = await browser.submit(page, action="method:password")
    assert is_signed_in(await browser.submit(page, password=PASSWORD))


async def test_where_it_may_not_come_first_it_is_not_there(app: App, mailbox: Mailbox) -> None:
    await use(app, first=Place.NEVER)
    browser = app.browser()
    page = await identified(browser)
    assert METHOD not in page.text
    await browser.post(str(page.url), {"action": METHOD})
    await settled(app)
    assert mailbox.messages == []


async def test_the_window_that_waits_goes_on_after_the_other_tab_confirmed(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    waiting = await asked(app, browser)
    await browser.submit(await browser.get(links_in(mailbox)[-1]), follow=False, action="")
    assert is_signed_in(await browser.post(str(waiting.url), {"action": ""}))
    assert await sessions(app) == 1


async def test_the_page_that_waits_leads_nowhere_by_itself(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    waiting = await asked(app, browser)
    for _ in range(12):
        assert (await browser.submit(waiting, action="")).status_code == 422
    await browser.get(links_in(mailbox)[-1])
    assert (await browser.submit(waiting, action="")).status_code == 422
    assert await sessions(app) == 0
    assert is_signed_in(await browser.submit(await browser.get(links_in(mailbox)[-1]), action="")), (
        "nothing was guessed"
    )


# ------------------------------------------------------------------ scanners


@pytest.mark.parametrize("there", [True, False])
async def test_scanners_spend_nothing(app: App, mailbox: Mailbox, there: bool) -> None:
    """HEAD, many GETs, prefetching, foreign cookies: then the person's own press works."""
    browser = app.browser()
    await asked(app, browser)
    link = links_in(mailbox)[-1]
    cookies = {"cookie": "xenia-browser-acme=xbr_" + "A" * 49}
    for method, headers in SCANNERS:
        for more in ({}, cookies):
            client = browser.client if there and not more else app.browser().client
            answer = await client.request(method, link, headers={**headers, **more})
            assert answer.status_code in (200, 204, 405), (method, headers)
            assert method != "HEAD" or answer.content == b""
    assert await sessions(app) == 0
    assert is_signed_in(await browser.submit(await browser.get(link), action=""))
    assert await sessions(app) == 1


async def test_a_press_from_another_site_is_refused(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    await asked(app, browser)
    link = links_in(mailbox)[-1]
    forged = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert (await browser.client.post(link, headers=forged)).status_code == 403
    assert await sessions(app) == 0


async def test_a_link_is_used_by_one_of_fifty_presses_in_its_browser(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    await asked(app, browser)
    page = await browser.get(links_in(mailbox)[-1])
    answers = await asyncio.gather(*(browser.submit(page, follow=False, action="") for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {303, 410}
    assert await sessions(app) == 1
    assert (await browser.get(links_in(mailbox)[-1])).status_code == 410
    assert await sessions(app) == 1


async def test_a_link_is_approved_by_one_of_fifty_presses_elsewhere(app: App, mailbox: Mailbox) -> None:
    browser, phone = app.browser(), app.browser()
    number = number_on(await asked(app, browser))
    page = await phone.get(links_in(mailbox)[-1])
    answers = await asyncio.gather(*(phone.submit(page, follow=False, number=number) for _ in range(50)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(303), statuses.count(410)) == (1, 49)


async def test_an_approval_is_taken_once_however_often_the_window_asks(app: App, mailbox: Mailbox) -> None:
    browser, phone = app.browser(), app.browser()
    waiting = await asked(app, browser)
    await phone.submit(await phone.get(links_in(mailbox)[-1]), number=number_on(waiting))
    await asyncio.gather(*(browser.submit(waiting, action="", follow=False) for _ in range(50)))
    assert await sessions(app) == 1


# ------------------------------------------------------------------ another browser


async def test_another_device_lets_the_first_window_in_and_gets_nothing(app: App, mailbox: Mailbox) -> None:
    browser = app.browser(**{"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    phone = app.browser()
    waiting = await asked(app, browser)
    page = await phone.get(links_in(mailbox)[-1])
    assert "Let another window sign in to Acme Stores?" in page.text
    assert "Firefox · Linux" in page.text
    assert number_on(waiting) not in re.sub(r"<[^>]*>", "", page.text)
    done = await phone.submit(page, number=number_on(waiting))
    assert "Go back to the other window" in done.text
    assert not is_signed_in(await phone.get("/account"))
    assert is_signed_in(await browser.submit(waiting, action=""))
    assert await sessions(app) == 1


@pytest.mark.parametrize("number", ["", "x", "1", "100", "-1", "9" * 500, "\uff11\uff12", "1.5"])
async def test_a_wrong_number_lets_nobody_in_and_three_end_the_link(app: App, mailbox: Mailbox, number: str) -> None:
    browser, phone = app.browser(), app.browser()
    waiting = await asked(app, browser)
    page = await phone.get(links_in(mailbox)[-1])
    statuses = [(await phone.submit(page, number=number)).status_code for _ in range(4)]
    assert statuses == [422, 422, 410, 410]
    assert (await phone.submit(page, number=number_on(waiting))).status_code == 410
    assert (await browser.submit(waiting, action="")).status_code == 422
    assert await sessions(app) == 0


async def test_of_a_hundred_numbers_at_once_three_are_looked_at(app: App, mailbox: Mailbox) -> None:
    browser, phone = app.browser(), app.browser()
    waiting = await asked(app, browser)
    page = await phone.get(links_in(mailbox)[-1])
    wrong = [f"{number:02}" for number in range(100) if f"{number:02}" != number_on(waiting)]
    await asyncio.gather(*(phone.submit(page, follow=False, number=guess) for guess in wrong))
    assert await app.kernel.database.fetchval("SELECT tries FROM magic_link_links") == 0
    assert (await phone.submit(page, number=number_on(waiting))).status_code == 410


async def test_where_other_devices_may_not_the_link_says_where_it_works(app: App, mailbox: Mailbox) -> None:
    await use(app, other_devices=False)
    browser, phone = app.browser(), app.browser()
    waiting = await asked(app, browser)
    assert "input-code" not in waiting.text
    link = links_in(mailbox)[-1]
    assert (await phone.get(link)).status_code == 403
    assert (await phone.post(link, {"number": "42"})).status_code == 403
    assert is_signed_in(await browser.submit(await browser.get(link), action=""))


async def test_a_copied_cookie_name_makes_no_browser(app: App, mailbox: Mailbox) -> None:
    """What tells browsers apart is no secret; going on asks for the secret itself."""
    browser = app.browser()
    await asked(app, browser)
    link = links_in(mailbox)[-1]
    stranger = app.browser()
    await stranger.get("/sign-in")
    page = await stranger.get(link)
    assert "Number in that window" in page.text


# ------------------------------------------------------------------ one live link, for one journey, for a while


async def test_a_new_link_ends_the_one_before(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    waiting = await asked(app, browser)
    again = await browser.submit(waiting, action="resend")
    assert again.status_code == 422
    assert "A new link can be sent in" in again.text
    await forget_limits(app)
    await browser.submit(waiting, action="resend")
    await settled(app)
    first, second = links_in(mailbox)
    assert (await browser.get(first)).status_code == 410
    assert (await browser.post(first, {})).status_code == 410
    assert is_signed_in(await browser.submit(await browser.get(second), action=""))


async def test_of_twenty_requests_for_another_link_one_is_heard(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    waiting = await asked(app, browser)
    await forget_limits(app)
    await asyncio.gather(*(browser.submit(waiting, action="resend", follow=False) for _ in range(20)))
    await settled(app)
    assert len(links_in(mailbox)) == 2
    count = await app.kernel.database.fetchval("SELECT count(*) FROM magic_link_links")
    assert count == 1


async def test_a_sign_in_gets_only_so_many_mails(app: App, mailbox: Mailbox) -> None:
    await use(app, most_mails=3)
    browser = app.browser()
    page = await asked(app, browser)
    for _ in range(6):
        await app.kernel.database.execute("DELETE FROM counters WHERE window_ends < now() + interval '1 minute'")
        page = await browser.submit(page, action="resend")
    await settled(app)
    assert len(mailbox.messages) == 3


@pytest.mark.parametrize("table", ["one_time", "magic_link_links"])
async def test_an_old_link_leads_nowhere(app: App, mailbox: Mailbox, table: str) -> None:
    browser = app.browser()
    waiting = await asked(app, browser)
    await app.kernel.database.execute(f"UPDATE {table} SET expires_at = now()")
    link = links_in(mailbox)[-1]
    assert (await browser.get(link)).status_code == 410
    assert (await browser.post(link, {})).status_code == 410
    assert (await browser.submit(waiting, action="")).status_code == 422
    assert await sessions(app) == 0


async def test_what_is_over_is_swept_with_the_next_link(app: App) -> None:
    await asked(app, app.browser())
    await app.kernel.database.execute("UPDATE magic_link_links SET expires_at = now()")
    await asked(app, app.browser())
    assert await app.kernel.database.fetchval("SELECT count(*) FROM magic_link_links") == 1


async def test_an_approval_ends_with_its_link(app: App, mailbox: Mailbox) -> None:
    browser, phone = app.browser(), app.browser()
    waiting = await asked(app, browser)
    await phone.submit(await phone.get(links_in(mailbox)[-1]), number=number_on(waiting))
    await app.kernel.database.execute("UPDATE magic_link_links SET expires_at = now()")
    assert (await browser.submit(waiting, action="")).status_code == 422


async def test_made_up_links_answer_like_used_ones(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    await asked(app, browser)
    link = links_in(mailbox)[-1]
    other = "B" if link[-1] == "A" else "A"
    for odd in ("/magic-link/nothing", "/magic-link/xmagic_" + "a" * 49, f"{link[:-1]}{other}", f"{link}A", link[:-1]):
        for answer in (await browser.get(odd), await browser.post(odd, {"number": "42"})):
            assert answer.status_code == 410, odd


async def test_a_link_of_ones_own_opens_no_other_account_that_the_journey_turns_to(app: App, mailbox: Mailbox) -> None:
    await a_person(app, "eve@example.org")
    browser = app.browser()
    page = await asked(app, browser, "eve@example.org")
    page = await browser.post(str(page.url), {"action": "change"})
    page = await browser.submit(page, identifier=EMAIL)
    page = await browser.submit(page, action=METHOD)
    link = links_in(mailbox, "eve@example.org")[-1]
    answer = await browser.post(link, {})
    assert not is_signed_in(answer)
    assert not is_signed_in(await browser.post(str(page.url), {"action": ""}))
    assert await sessions(app) == 0


async def test_a_link_is_of_one_tenant(app: App, mailbox: Mailbox) -> None:
    await app.tenant("other")
    browser = app.browser()
    await asked(app, browser)
    link = links_in(mailbox)[-1].replace("/t/acme/", "/t/other/")
    assert (await app.browser("other").get(link)).status_code == 410


async def test_an_address_that_nobody_verified_gets_no_link(app: App, mailbox: Mailbox) -> None:
    new = NewUser(identifiers=(NewIdentifier(kind=IdentifierKind.EMAIL, value="squatter@example.org"),))
    await app.kernel.users.create(app.context, new)
    await asked(app, app.browser(), "squatter@example.org")
    assert mailbox.messages == []


async def test_an_account_that_was_disabled_meanwhile_is_not_let_in(app: App, mailbox: Mailbox, ada: User) -> None:
    browser = app.browser()
    await asked(app, browser)
    await app.kernel.users.set_status(app.context, ada.id, UserStatus.DISABLED)
    assert not is_signed_in(await browser.submit(await browser.get(links_in(mailbox)[-1]), action=""))
    assert await sessions(app) == 0


async def test_the_link_has_the_tenants_address_whatever_the_request_says(app: App, mailbox: Mailbox) -> None:
    browser = app.browser(**{"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    await asked(app, browser)
    assert links_in(mailbox)[-1].startswith("http://localhost:8000/t/acme/magic-link/xmagic_")
    assert "evil" not in mailbox.last.text


async def test_no_secret_and_no_address_stand_in_the_open_in_the_database(app: App, mailbox: Mailbox) -> None:
    await asked(app, app.browser())
    secret = links_in(mailbox)[-1].rpartition("/")[2]
    for table in ("one_time", "magic_link_links", "journeys", "jobs", "counters"):
        rows = await app.kernel.database.fetch(f"SELECT t::text AS row FROM {table} t")
        for row in rows:
            assert secret not in row["row"]
            assert EMAIL not in row["row"]
            assert EMAIL.encode().hex() not in row["row"]


async def test_where_the_plugin_is_off_there_is_no_such_page(app: App, mailbox: Mailbox) -> None:
    browser = app.browser()
    await asked(app, browser)
    await app.kernel.tenants.switch_off(app.context, "acme", "magic_link")
    answers: list[httpx2.Response] = [
        await browser.client.request(method, links_in(mailbox)[-1]) for method in ("GET", "HEAD", "POST", "OPTIONS")
    ]
    assert {answer.status_code for answer in answers} == {404}
