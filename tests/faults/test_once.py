"""Whatever works once works once: fifty at a time, at two processes (bar B1; F01-F03)."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
import pytest

from tests.faults.count import Count, answered
from tests.faults.journeys import SECOND, browser_of, many, reached
from tests.faults.world import COOKIE, HOUR, PASSWORD, RACERS, World, tally, times
from xenia_password.service import PasswordService

pytestmark = pytest.mark.slow
ROUNDS = times(3, 200)


async def test_a_code_is_redeemed_by_one_of_fifty(two: World, count: Count) -> None:
    _, cookie = await two.session(await two.person())
    for _ in range(ROUNDS):
        code = await two.code(cookie)
        answers = await two.race(lambda place, code=code: two.redeem(code, place=place, client=place % 2))  # type: ignore[misc]
        count.add(answers, answered(200), (400,))
        assert tally(answers) == {200: 1, 400: 49}
        assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        told = await two.clients[0].get(
            two.at(1, "/oauth/userinfo"), headers={"authorization": f"Bearer {won['access_token']}"}
        )
        assert told.status_code == 401  # the replays ended the winner's tokens too (RFC 9700 section 2.1.1)
        _, cookie = await two.session(await two.person())


async def test_a_refresh_token_has_one_successor(two: World, count: Count) -> None:
    for _ in range(ROUNDS):
        _, cookie = await two.session(await two.person())
        first = (await two.redeem(await two.code(cookie))).json()
        form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        answers = await two.race(lambda place, form=form: two.token(form, place=place, client=place % 2))  # type: ignore[misc]
        assert set(tally(answers)) <= {200, 400}
        given = [answer.json() for answer in answers if answer.status_code == 200]
        # Within the grace a repeated request gets the same successor again, so that a lost answer signs nobody out.
        successors = {one["refresh_token"] for one in given}
        count.rounds, count.successes = count.rounds + 1, count.successes + len(successors)
        assert len(successors) == 1
        assert given[0]["refresh_token"] != first["refresh_token"]


async def test_a_reset_link_gives_one_password(two: World, count: Count) -> None:
    passwords = PasswordService(two.kernel)
    for _ in range(times(2, 200)):
        user = await two.person(password="the one before, long enough")
        path = await two.kernel.hooks.invitation(two.context, user.id, HOUR)
        assert path
        page = await two.clients[0].get(two.at(0, path))
        cookie = {"cookie": browser_of(page)}

        async def send(place: int, path: str = path, cookie: Mapping[str, str] = cookie) -> httpx2.Response:
            form = {"password": f"seven otters paint fence {place}"}
            return await two.clients[place % 2].post(two.at(place, path), data=form, headers=dict(cookie))

        answers = await two.race(send)
        count.add(answers, answered(303), (410,))
        assert tally(answers) == {303: 1, 410: 49}
        winner = next(place for place, answer in enumerate(answers) if answer.status_code == 303)
        assert await passwords.verify(two.context, user.id, f"seven otters paint fence {winner}")


@pytest.mark.parametrize("kind", SECOND)
async def test_a_second_factor_is_taken_from_one_of_fifty_journeys(kind: str, two: World, count: Count) -> None:
    """Fifty sign-ins of one person, each past the password, are given the same code at once."""
    user = await two.person(password=PASSWORD)
    factor = SECOND[kind](two, user)
    await factor.enrol()
    ways = await many(lambda place: reached(two, user, place), RACERS)
    for _ in range(ROUNDS):
        code = await factor.fresh()

        async def send(place: int, code: str = code) -> httpx2.Response:
            return await ways[place].answer(two, place, code=code)

        answers = await two.race(send)
        assert count.add(answers, _begins, (422,)) == 1
        assert tally(answers) == {303: 1, 422: RACERS - 1}
        winner = next(place for place, answer in enumerate(answers) if _begins(answer))
        ways[winner] = await reached(two, user, winner)


def _begins(answer: httpx2.Response) -> bool:
    """Whether it begins a session."""
    return COOKIE in answer.headers.get("set-cookie", "")
