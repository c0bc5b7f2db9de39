"""Under pressure a puzzle comes before a guess: once for each, for this journey alone, and for everybody alike."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from uuid import UUID

import httpx2
import msgspec
import pytest

from tests.plugins.protection.support import (
    EMAIL,
    PASSWORD,
    WRONG,
    QuickHasher,
    a_browser,
    answers,
    asks_for_password,
    guess,
    identified,
    is_signed_in,
    puzzle_of,
    solved,
    strangers,
    use,
    windows_end,
)
from xenia.testing.app import App, Browser
from xenia.testing.people import a_journey, visiting
from xenia.users.models import User
from xenia_protection import step
from xenia_protection.challenges import ASKED, SOLVED, STEP, Challenges


@pytest.fixture
async def pressed(app: App, ada: User) -> Browser:
    """A browser in a network from which nothing is free any more."""
    await use(app, network_free=2)
    assert await strangers(app, 2) == [422, 422]
    return a_browser(app, address="203.0.113.99")


async def test_without_pressure_nothing_is_asked(app: App, ada: User) -> None:
    page = await identified(a_browser(app))
    assert asks_for_password(page)
    assert not puzzle_of(page)[0]


async def test_who_solves_it_signs_in(pressed: Browser) -> None:
    page = await identified(pressed)
    assert not asks_for_password(page)
    page = await solved(pressed, page)
    assert asks_for_password(page)
    assert is_signed_in(await pressed.submit(page, password=PASSWORD))


async def test_a_password_sent_to_a_page_from_before_is_not_looked_at(app: App, ada: User, hasher: QuickHasher) -> None:
    await use(app, network_free=2)
    browser = a_browser(app, address="203.0.113.99")
    before = await identified(browser)
    await strangers(app, 2)
    hasher.judged.clear()
    page = await browser.submit(before, password=PASSWORD)
    assert hasher.judged == []
    assert puzzle_of(page)[0]
    page = await solved(browser, page)
    assert is_signed_in(await browser.submit(page, password=PASSWORD))


async def test_an_answer_pays_for_one_guess(pressed: Browser, hasher: QuickHasher) -> None:
    first = await identified(pressed)
    page = await pressed.submit(await solved(pressed, first), password=WRONG)
    assert hasher.judged[-1] == WRONG
    assert not asks_for_password(page)
    assert puzzle_of(page)[0] not in ("", puzzle_of(first)[0])
    page = await pressed.submit(await solved(pressed, page), password=PASSWORD)
    assert is_signed_in(page)


async def test_of_fifty_guesses_with_one_answer_one_is_looked_at(pressed: Browser, hasher: QuickHasher) -> None:
    page = await solved(pressed, await identified(pressed))
    hasher.judged.clear()
    await asyncio.gather(*(pressed.submit(page, follow=False, password=f"{WRONG} {one}") for one in range(50)))
    assert len(hasher.judged) == 1


async def test_the_same_answer_is_worth_nothing_the_second_time(pressed: Browser) -> None:
    page = await identified(pressed)
    old = next(answers(*puzzle_of(page)))
    page = await pressed.submit(await pressed.submit(page, answer=old), password=WRONG)
    while old in (right := [str(one) for _, one in zip(range(3), answers(*puzzle_of(page)), strict=False)]):
        page = await pressed.submit(await pressed.submit(page, answer=right[0]), password=WRONG)
    assert (await pressed.submit(page, answer=old)).status_code == 422


async def test_the_page_of_a_puzzle_can_be_loaded_again(pressed: Browser) -> None:
    page = await identified(pressed)
    again = await pressed.get(str(page.url))
    assert puzzle_of(again) == puzzle_of(page)


async def test_a_challenge_belongs_to_its_journey_and_its_tenant(app: App, ada: User) -> None:
    challenges, context, journey = Challenges(app.kernel), visiting(app), a_journey(app, ada)
    secret = await challenges.issue(context, journey, 4)
    mine = msgspec.structs.replace(journey, data={STEP: {ASKED: secret, SOLVED: secret}})
    other = msgspec.structs.replace(mine, id=UUID(int=2))
    elsewhere = msgspec.structs.replace(context, tenant="globex")
    answer = next(answers(secret, 4))
    assert await challenges.is_solved_by(context, mine, answer)
    assert not await challenges.is_solved_by(context, other, answer)
    assert not await challenges.is_solved_by(elsewhere, mine, answer)
    assert not await challenges.may_guess(context, other)
    assert not await challenges.spend(elsewhere, mine)
    assert [await challenges.spend(context, mine) for _ in range(2)] == [True, False]


async def test_an_expired_challenge_is_replaced(app: App, pressed: Browser) -> None:
    page = await identified(pressed)
    answer = next(answers(*puzzle_of(page)))
    await app.kernel.database.execute("UPDATE one_time SET expires_at = now() WHERE kind = 'puzzle'")
    again = await pressed.submit(page, answer=answer)
    assert again.status_code == 422
    assert puzzle_of(again)[0] not in ("", puzzle_of(page)[0])


async def test_too_little_work_is_refused(pressed: Browser) -> None:
    page = await identified(pressed)
    challenge, bits = puzzle_of(page)
    easier = next(one for one in answers(challenge, bits - 2) if one not in _first(answers(challenge, bits)))
    assert (await pressed.submit(page, answer=easier)).status_code == 422


def _first(found: object) -> list[str]:
    return [one for _, one in zip(range(200), found, strict=False)]  # type: ignore[call-overload]  # an iterator


@pytest.mark.parametrize(
    "answer", ["x" * 9000, "-1", "\uff11\uff12", "1e5", "9" * 40, "<script>", "\x00", "' OR 1=1 --", "{{ 7 * 7 }}"]
)
async def test_hostile_answers_are_wrong_answers(pressed: Browser, answer: str) -> None:
    page = await pressed.submit(await identified(pressed), answer=answer)
    assert page.status_code == 422
    assert puzzle_of(page)[0]


async def test_it_gets_harder_with_the_pressure(app: App, pressed: Browser) -> None:
    before = puzzle_of(await identified(pressed))[1]
    count = "UPDATE protection_minutes SET wrong = wrong * 8"
    await app.kernel.database.execute(count)
    assert puzzle_of(await identified(a_browser(app, address="203.0.113.98")))[1] == before + 3


async def test_elsewhere_nothing_is_asked(app: App, pressed: Browser) -> None:
    assert asks_for_password(await identified(a_browser(app, address="198.51.100.7")))


# -- without script


async def test_who_has_no_script_waits(app: App, pressed: Browser) -> None:
    page = await identified(pressed)
    assert "Wait 20 seconds" in page.text
    early = await pressed.submit(page, answer="")
    assert early.status_code == 422
    assert re.search(r"Please wait (?:19|20) seconds more", early.text)
    assert puzzle_of(early) == puzzle_of(page)
    await windows_end(app)
    await _exhaust(app)
    page = await pressed.submit(early, answer="")
    assert asks_for_password(page)
    assert is_signed_in(await pressed.submit(page, password=PASSWORD))


async def _exhaust(app: App) -> None:
    """The counters' windows are over, so the pressure is made again, from another address."""
    await use(app, network_free=0)


async def test_waiting_pays_for_one_guess_too(app: App, pressed: Browser, hasher: QuickHasher) -> None:
    page = await identified(pressed)
    await windows_end(app)
    await _exhaust(app)
    page = await pressed.submit(page, answer="")
    hasher.judged.clear()
    await asyncio.gather(*(pressed.submit(page, follow=False, password=f"{WRONG} {one}") for one in range(20)))
    assert len(hasher.judged) == 1


async def test_few_of_one_network_may_wait(app: App, pressed: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "WAITED", 1)
    await use(app, network_free=0, wait_seconds=1)
    browsers = [a_browser(app, address=f"203.0.113.{number}") for number in (1, 2)]
    pages = [await identified(browser) for browser in browsers]
    await windows_end(app)
    answered = [await browser.submit(page, answer="") for browser, page in zip(browsers, pages, strict=True)]
    assert [one.status_code for one in answered] == [200, 429]


async def test_waiting_before_the_page_was_shown_counts_nothing(app: App, ada: User, hasher: QuickHasher) -> None:
    await use(app, network_free=2)
    browser = a_browser(app, address="203.0.113.99")
    before = await identified(browser)
    await strangers(app, 2)
    hasher.judged.clear()
    page = await browser.submit(before, password=PASSWORD)
    assert (await browser.submit(page, answer="")).status_code == 422
    assert hasher.judged == []


# -- nobody is told apart


async def test_known_and_unknown_accounts_meet_the_same(app: App, ada: User) -> None:
    await use(app, network_free=0)
    pages = [await identified(a_browser(app, address="203.0.113.9"), email) for email in (EMAIL, "ghost@example.org")]
    assert len({_without_secrets(page) for page in pages}) == 1
    browsers = [a_browser(app, address="203.0.113.9") for _ in pages]
    ends = [
        await browser.submit(await solved(browser, await identified(browser, email)), password=WRONG)
        for browser, email in zip(browsers, (EMAIL, "ghost@example.org"), strict=True)
    ]
    assert len({(page.status_code, _without_secrets(page)) for page in ends}) == 1


def _without_secrets(page: httpx2.Response) -> str:
    text = re.sub(r"x[a-z]+_\w{20,}|value=\"[^\"]*\"|data-bits=\"\d+\"|\d+ seconds", "", unescape(page.text))
    return re.sub(r"ada@example\.org|ghost@example\.org|>[AG]</span>", "", text)


# -- sign-ups, languages, programs, policies


async def test_an_account_is_made_after_a_puzzle_where_the_tenant_wants_that(app: App) -> None:
    await use(app, sign_ups=True)
    browser = a_browser(app)
    page = await browser.submit(await browser.get("/sign-up"), identifier="new@example.org")
    assert not asks_for_password(page)
    page = await browser.submit(await solved(browser, page), password="seven quiet otters paint")
    assert is_signed_in(page), page.text


async def test_sign_ups_are_pressed_too(app: App, pressed: Browser) -> None:
    page = await pressed.submit(await pressed.get("/sign-up"), identifier="new@example.org")
    assert puzzle_of(page)[0]


async def test_the_page_speaks_the_reader_s_language(app: App, pressed: Browser) -> None:
    pressed.client.headers["accept-language"] = "de"
    assert "Warten Sie stattdessen 20 Sekunden" in (await identified(pressed)).text


async def test_a_program_gets_the_puzzle_as_data(pressed: Browser) -> None:
    page = await identified(pressed)
    pressed.client.headers["accept"] = "application/json"
    view = (await pressed.get(str(page.url))).json()["view"]
    assert view["step"] == STEP
    assert view["data"].keys() == {"challenge", "bits", "wait"}


async def test_our_own_puzzle_opens_no_policy(pressed: Browser) -> None:
    page = await identified(pressed)
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy
    assert "protection/puzzle.js" in unescape(page.text)


async def test_a_known_device_is_asked_for_nothing(app: App, ada: User) -> None:
    await use(app, network_free=0)
    browser = a_browser(app)
    page = await browser.submit(await solved(browser, await identified(browser)), password=PASSWORD)
    assert is_signed_in(page)
    await app.settle()
    await browser.submit(await browser.get("/sign-out"), action="")
    assert is_signed_in(await guess(browser, EMAIL, PASSWORD))


async def test_an_error_of_the_page_before_leads_to_no_field_that_isn_t_there(app: App, ada: User) -> None:
    await use(app, network_free=1)
    browser = a_browser(app, address="203.0.113.5")
    page = await browser.submit(await identified(browser), password=WRONG)
    assert puzzle_of(page)[0]
    assert 'id="error-summary"' in page.text
    assert "#field-password" not in page.text
    assert "seconds instead" in page.text
    page = await browser.submit(page, answer="")
    assert "more, then continue" in page.text
    assert "<noscript>" not in page.text.partition('id="main"')[2].partition("data-puzzle")[0]
