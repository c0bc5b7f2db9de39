"""Nobody is pestered: one request at a time, few in an hour, longer pauses after each that came to nothing."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec
import pytest

from tests.plugins.push.phone import (
    ELSEWHERE,
    HOME,
    Phone,
    a_browser,
    is_signed_in,
    later,
    number_on,
    onward,
    with_password,
)
from xenia.context import Source
from xenia.ids import new_id
from xenia.journeys.models import Journey
from xenia.testing.app import App
from xenia.testing.people import a_journey, visiting
from xenia.users.models import User
from xenia_push.challenges import Challenges
from xenia_push.models import Started


def journey_of(app: App, ada: User) -> Journey:
    return msgspec.structs.replace(a_journey(app, ada), id=new_id())


async def ask(app: App, ada: User) -> Started:
    return await Challenges(app.kernel).start(visiting(app), journey_of(app, ada))


async def test_of_two_hundred_at_once_one_asks(app: App, ada: User) -> None:
    started = await asyncio.gather(*(ask(app, ada) for _ in range(200)))
    assert sum(one.wait == 0 for one in started) == 1


async def test_while_one_is_open_there_is_no_other(app: App, ada: User, phone: Phone) -> None:
    assert (await ask(app, ada)).wait == 0
    refused = await ask(app, ada)
    assert 120 < refused.wait <= 150, "until it is over, and a pause"
    assert refused.challenge == ""
    assert len(await phone.asked()) == 1


@pytest.mark.parametrize("ended", ["unanswered", "denied"])
async def test_the_pause_grows_with_each_that_came_to_nothing(app: App, ada: User, phone: Phone, ended: str) -> None:
    waits = []
    for _ in range(4):
        assert (await ask(app, ada)).wait == 0
        if ended == "denied":
            await phone.answer((await phone.asked())[0], decision="deny")
        else:
            await later(app, "2 minutes")
        waits.append((await ask(app, ada)).wait)
        await later(app, f"{waits[-1]} seconds")
    assert waits == [30, 120, 480, 1920]


async def test_in_an_hour_there_are_only_so_many(app: App, ada: User) -> None:
    await app.kernel.database.execute("DELETE FROM push_challenges")
    assert (await ask(app, ada)).wait == 0
    await app.kernel.database.execute(
        "UPDATE push_challenges SET started = 6, expires_at = now() - interval '40 minutes'"
    )
    assert 3500 < (await ask(app, ada)).wait <= 3600
    await later(app, "60 minutes")
    started = await asyncio.gather(*(ask(app, ada) for _ in range(200)))
    assert sum(one.wait == 0 for one in started) == 1


async def test_what_was_approved_is_neither_counted_nor_followed_by_a_pause(app: App, ada: User, phone: Phone) -> None:
    for _ in range(8):
        browser = a_browser(app)
        page = await with_password(browser)
        await phone.approve(page)
        assert is_signed_in(await onward(browser, page))


async def test_an_approval_that_nobody_took_holds_its_place(app: App, ada: User, phone: Phone) -> None:
    page = await with_password(a_browser(app))
    await phone.approve(page)
    assert (await ask(app, ada)).wait > 100


async def test_a_report_is_followed_by_a_long_pause(app: App, ada: User, phone: Phone) -> None:
    await ask(app, ada)
    await phone.answer((await phone.asked())[0], decision="deny", report=True)
    assert (await ask(app, ada)).wait >= 4 * 3600 - 5


async def test_what_strangers_ask_for_doesnt_keep_the_owner_out(app: App, ada: User, phone: Phone) -> None:
    browser = a_browser(app, address=HOME)
    page = await with_password(browser)
    await phone.approve(page)
    assert is_signed_in(await onward(browser, page))
    await app.settle()
    await browser.post("/sign-out", {})
    for _ in range(3):
        assert "No request can be sent now" in (await with_password(a_browser(app))).text or await phone.asked()
    page = await with_password(browser)
    own = next(one for one in await phone.asked() if one["network"] == HOME)
    assert (await phone.answer(own, number_on(page))).json() == {"result": "approved"}
    assert is_signed_in(await onward(browser, page))


async def test_two_numbers_at_once_are_not_mixed_up(app: App, ada: User, phone: Phone) -> None:
    """The owner, in a browser of theirs, while a stranger's request is open: the number fits their own request alone."""
    browser = a_browser(app, address=HOME)
    page = await with_password(browser)
    await phone.approve(page)
    await onward(browser, page)
    await app.settle()
    await browser.post("/sign-out", {})
    theirs = await with_password(a_browser(app, address=ELSEWHERE))
    mine = await with_password(browser)
    requests = {one["network"]: one for one in await phone.asked()}
    assert set(requests) == {HOME, ELSEWHERE}
    if number_on(mine) != number_on(theirs):
        assert (await phone.answer(requests[ELSEWHERE], number_on(mine))).json() == {"result": "wrong_number"}
    assert (await phone.answer(requests[HOME], number_on(mine))).json() == {"result": "approved"}
    assert is_signed_in(await onward(browser, mine))


async def test_an_approval_is_taken_by_the_journey_that_asked_alone(app: App, ada: User, phone: Phone) -> None:
    challenges, asking, other = Challenges(app.kernel), journey_of(app, ada), journey_of(app, ada)
    started = await challenges.start(visiting(app), asking)
    await phone.answer((await phone.asked())[0], str(started.number))
    assert await challenges.take(visiting(app), other, UUID(started.challenge)) is None
    taken = await asyncio.gather(*(challenges.take(visiting(app), asking, UUID(started.challenge)) for _ in range(50)))
    assert len([one for one in taken if one]) == 1


async def test_who_changes_address_and_browser_is_the_same_stranger(app: App, ada: User) -> None:
    waits = []
    for turn in range(5):
        source = Source(address=f"203.0.113.{turn}", user_agent=f"agent {turn}", browser=f"{turn:064x}")
        context = msgspec.structs.replace(visiting(app), source=source)
        waits.append((await Challenges(app.kernel).start(context, journey_of(app, ada))).wait)
    assert [bool(one) for one in waits] == [False, True, True, True, True]


async def test_what_is_long_over_is_forgotten(app: App, ada: User) -> None:
    await ask(app, ada)
    await later(app, "26 hours")
    await Challenges(app.kernel).start(
        visiting(app), msgspec.structs.replace(a_journey(app, None, email="grace@example.org"), id=UUID(int=7))
    )
    assert await app.kernel.database.fetchval("SELECT count(*) FROM push_challenges") == 1
