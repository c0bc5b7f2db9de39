"""Known and unknown accounts look the same: status, words, headers and cookies."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.core.journeys.world import begun
from xenia.testing.app import App
from xenia.testing.fake_hasher import CountingHasher
from xenia.testing.people import EMAIL, PASSWORD, a_person
from xenia.users.models import User, UserStatus

_VARYING = re.compile(r"xjh_\w+|value=\"[^\"]{40,}\"|content=\"[^\"]{40,}\"|[\w-]{60,}|\b[0-9a-f]{16}\b")


def same(one: object, other: object) -> bool:
    """Whether two are equal; what differs is printed where they are not."""
    if one != other:
        for a, b in zip(str(one).split("\\n"), str(other).split("\\n"), strict=False):
            if a != b:
                print(f"{a}\n{b}\n")  # noqa: T201  what the failed test shows
    return one == other


def seen(answer: httpx2.Response, typed: str) -> tuple[object, ...]:
    """Everything an onlooker can compare, without what is random for everybody and what they typed themselves."""
    body = _VARYING.sub("~", answer.text.replace(typed, "THEM"))
    headers = {
        name: _VARYING.sub("~", value)
        for name, value in answer.headers.items()
        if name not in ("content-length", "date")
    }
    cookies = sorted(cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie"))
    return answer.status_code, body, tuple(sorted(headers.items())), tuple(cookies)


@pytest.fixture
async def everybody(app: App, ada: User) -> list[str]:
    """Addresses of one length and first letter: known, unknown, without a password, disabled."""
    await a_person(app, "amy@example.org")
    eve = await a_person(app, "ann@example.org", password=PASSWORD)
    await app.kernel.users.set_status(app.context, eve.id, UserStatus.DISABLED)
    return [EMAIL, "abe@example.org", "amy@example.org", "ann@example.org"]


async def test_signing_in_tells_nothing_of_an_account(app: App, everybody: list[str]) -> None:
    ways = []
    for address in everybody:
        browser = app.browser()
        page = await browser.submit(await begun(browser), identifier=address, follow=False)
        steps = [seen(page, address)]
        for _ in range(7):
            page = await browser.submit(page, password="wrong", follow=False)
            steps.append(seen(page, address))
        ways.append(steps)
    assert all(same(way, ways[0]) for way in ways)
    assert {step[0] for step in ways[0]} == {200, 422, 429}


async def test_signing_in_does_the_same_work_for_everybody(app: App, everybody: list[str]) -> None:
    app.kernel.hasher = hasher = CountingHasher()
    work = []
    for address in everybody:
        hasher.work.clear()
        browser = app.browser()
        await browser.submit(await browser.submit(await begun(browser), identifier=address), password="wrong")
        work.append(list(hasher.work))
    assert all(one == work[0] for one in work), work
    assert len(work[0]) == 1


async def test_signing_up_tells_nothing_before_something_is_proven(app: App, everybody: list[str]) -> None:
    first = []
    for address in everybody:
        browser = app.browser()
        page = await browser.submit(await begun(browser, "/sign-up"), identifier=address, follow=False)
        first.append(seen(page, address))
    assert all(same(one, first[0]) for one in first)


async def test_recovering_tells_nothing_of_an_account(app: App, everybody: list[str]) -> None:
    answers = []
    for address in everybody:
        browser = app.browser()
        page = await browser.get("/recover")
        answers.append(seen(await browser.submit(page, identifier=address, follow=False), address))
    assert all(same(one, answers[0]) for one in answers)
