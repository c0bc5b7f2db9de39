"""Attempt limits hold under a race of real sign-ins at two processes (bar B2)."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from tests.faults.count import Count, answered
from tests.faults.journeys import App, Way, forget_attempts, identified, many, reached
from tests.faults.world import ATTEMPTS, BURST, PASSWORD, STRICT, World, tally, times

pytestmark = pytest.mark.slow
GUESSES, WINDOWS = 1000, 20


async def test_of_two_hundred_guesses_five_are_looked_at_and_the_right_one_is_too_late(
    two: World, count: Count
) -> None:
    """The right password joins the burst as soon as five of the wrong ones were looked at."""
    user = await two.person(password=PASSWORD, tenant=STRICT)
    ways = await many(lambda place: identified(two, user, place, STRICT), BURST)
    for _ in range(times(1, 200)):
        await forget_attempts(two, STRICT)
        looked_at = asyncio.Semaphore(0)

        async def send(place: int, looked_at: asyncio.Semaphore = looked_at) -> httpx2.Response:
            if place == BURST - 1:
                for _ in range(ATTEMPTS):
                    await looked_at.acquire()
                return await ways[place].answer(two, place, password=PASSWORD)
            answer = await ways[place].answer(two, place, password="a guess that is wrong")
            if answer.status_code == 422:
                looked_at.release()
            return answer

        answers = await two.race(send, BURST)
        assert count.add(answers, answered(422), (429,)) == ATTEMPTS
        assert tally(answers) == {422: ATTEMPTS, 429: BURST - ATTEMPTS}
        assert answers[-1].status_code == 429


async def test_of_a_thousand_codes_behind_the_right_password_five_are_looked_at(two: World, count: Count) -> None:
    """Whoever knows the password opens twenty windows and guesses in all of them: the limit is the account's, not a window's."""
    user = await two.person(password=PASSWORD, tenant=STRICT)
    app = App(two, user)
    await app.enrol()
    for _ in range(times(1, 20)):
        ways = []
        for place in range(WINDOWS):  # a window that is opened counts as well, so each is forgiven
            await forget_attempts(two, STRICT)
            ways.append(await reached(two, user, place, STRICT))
        await forget_attempts(two, STRICT)
        right = await app.fresh()
        # Neighbours of the right code in its windows of time would be right too: guesses begin half the range away.
        guesses = [f"{(int(right) + 500_000 + number) % 1_000_000:06}" for number in range(GUESSES)]

        async def send(place: int, ways: list[Way] = ways, guesses: list[str] = guesses) -> httpx2.Response:
            return await ways[place % WINDOWS].answer(two, place, code=guesses[place])

        answers = await two.race(send, GUESSES)
        assert count.add(answers, answered(422), (429, 503)) == ATTEMPTS
        assert set(tally(answers)) <= {422, 429, 503}, "what a process can't take on it sheds"
        assert (await ways[0].answer(two, 0, code=right)).status_code == 429
