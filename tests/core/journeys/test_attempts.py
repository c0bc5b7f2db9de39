"""Guesses are counted before they are looked at: for an account, however it is spelled, by whatever factor."""

from __future__ import annotations

import asyncio

import pytest

from tests.core.journeys.test_transitions import enrolled
from tests.core.journeys.world import identified, own_session, sessions, signed_in, with_password
from xenia.clock import FrozenClock
from xenia.security.limits import Shield
from xenia.testing.app import App
from xenia.testing.fake_hasher import CountingHasher
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User
from xenia_totp.codes import code_at, step_of

LIMIT = 5


@pytest.fixture
def hasher(app: App) -> CountingHasher:
    app.kernel.hasher = CountingHasher()
    return app.kernel.hasher


async def test_of_two_hundred_guesses_at_once_five_are_looked_at(app: App, ada: User, hasher: CountingHasher) -> None:
    browser, page = await identified(app)
    guesses = [f"guess {number}" for number in range(200)]
    answers = await asyncio.gather(*(browser.submit(page, follow=False, password=guess) for guess in guesses))
    assert hasher.work.count("verify") == LIMIT
    assert [answer.status_code for answer in answers].count(422) == LIMIT
    assert {answer.status_code for answer in answers} == {422, 429}
    late = await browser.submit(page, follow=False, password=PASSWORD)
    assert late.status_code == 429
    assert hasher.work.count("verify") == LIMIT
    assert await sessions(app, ada) == ()


async def test_guesses_from_many_browsers_share_the_accounts_limit(app: App, ada: User, hasher: CountingHasher) -> None:
    ways = [await identified(app) for _ in range(10)]
    await asyncio.gather(*(browser.submit(page, password="wrong") for browser, page in ways))
    assert hasher.work.count("verify") == LIMIT
    browser, page = await identified(app)
    assert (await browser.submit(page, password=PASSWORD)).status_code == 429


@pytest.mark.parametrize(
    "spelled",
    [
        (EMAIL, EMAIL.upper(), "Ada@Example.org", f"  {EMAIL} ", "\uff41da@example.org", "ada@EXAMPLE.ORG"),
        ("ghost@example.org", "GHOST@example.org", " ghost@example.org", "ghost@Example.Org", "Ghost@example.org"),
    ],
)
async def test_spellings_of_one_address_share_one_counter(
    app: App, ada: User, hasher: CountingHasher, spelled: tuple[str, ...]
) -> None:
    seen = []
    for number in range(3 * LIMIT):
        browser, page = await identified(app, spelled[number % len(spelled)])
        if 'name="password"' in page.text:
            seen.append((await browser.submit(page, password="wrong")).status_code)
    assert seen.count(422) == LIMIT
    assert len([work for work in hasher.work if work == "verify"]) <= LIMIT


async def test_the_right_password_gives_no_new_guesses_at_the_code(app: App, ada: User, clock: FrozenClock) -> None:
    seed = await enrolled(app, clock)
    judged = 0
    for _ in range(3 * LIMIT):
        browser, page = await with_password(app)
        if 'name="code"' not in page.text:
            break
        judged += (await browser.submit(page, code="000000")).status_code == 422
    assert judged < LIMIT
    browser, page = await identified(app)
    page = await browser.submit(page, password=PASSWORD)
    assert page.status_code == 429
    assert not own_session(await browser.post(str(page.url), {"code": code_at(seed, step_of(clock.now()))}))


async def test_two_hundred_codes_at_once_are_no_more_than_the_limit(app: App, ada: User, clock: FrozenClock) -> None:
    await enrolled(app, clock)
    browser, page = await with_password(app)
    answers = await asyncio.gather(*(browser.submit(page, follow=False, code=f"{number:06}") for number in range(200)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(422) <= LIMIT - 1  # the password took one
    assert set(statuses) == {422, 429}


async def test_a_step_up_is_counted_with_the_sign_ins(app: App, ada: User, hasher: CountingHasher) -> None:
    for _ in range(LIMIT):
        browser, page = await identified(app)
        await browser.submit(page, password="wrong")
    browser, page = await identified(app)
    await browser.submit(page, password=PASSWORD)
    assert await sessions(app, ada) == ()
    assert hasher.work.count("verify") == LIMIT


async def test_another_accounts_success_clears_nothing(app: App, ada: User) -> None:
    await a_person(app, "mallory@example.org", password=PASSWORD)
    for number in range(LIMIT):
        browser, page = await identified(app)
        assert (await browser.submit(page, password=f"wrong {number}")).status_code == 422
        await signed_in(app, "mallory@example.org")
    browser, page = await identified(app)
    assert (await browser.submit(page, password=PASSWORD)).status_code == 429


async def test_one_source_guesses_at_few_accounts(app: App, ada: User, hasher: CountingHasher) -> None:
    app.kernel.runner._engine._attempts._shield = Shield(rate=1 / 900, burst=3)
    for number in range(3):
        browser, page = await identified(app, f"person{number}@example.org")
        assert (await browser.submit(page, password="stolen")).status_code == 422
    browser, page = await identified(app)
    assert (await browser.submit(page, password=PASSWORD)).status_code == 429
    assert hasher.work.count("verify") == 3


async def test_what_was_right_takes_no_place_of_its_source(app: App, ada: User) -> None:
    app.kernel.runner._engine._attempts._shield = Shield(rate=1 / 900, burst=1)
    for _ in range(3):
        await signed_in(app)


async def test_accounts_of_ones_own_give_a_source_no_more_guesses_at_others(app: App, ada: User) -> None:
    app.kernel.runner._engine._attempts._shield = Shield(rate=1 / 900, burst=3)
    answers = []
    for number in range(4):
        browser, page = await identified(app, f"person{number}@example.org")
        answers.append((await browser.submit(page, password="stolen")).status_code)
        own = app.browser()
        page = await own.submit(await own.get("/sign-up"), identifier=f"mine{number}@example.org")
        await own.submit(page, password="a quiet otter paints")
    assert answers == [422, 422, 422, 429]


async def test_an_empty_password_is_no_guess(app: App, ada: User, hasher: CountingHasher) -> None:
    browser, page = await identified(app)
    for _ in range(2 * LIMIT):
        assert (await browser.submit(page, password="")).status_code == 422
    assert hasher.work == []
    assert (await browser.submit(page, password=PASSWORD)).url.path == "/t/acme/account"


async def test_a_success_starts_the_count_anew(app: App, ada: User) -> None:
    for _ in range(3):
        browser, page = await identified(app)
        for _ in range(LIMIT - 1):
            page = await browser.submit(page, password="wrong")
        assert (await browser.submit(page, password=PASSWORD)).url.path == "/t/acme/account"
