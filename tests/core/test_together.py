"""Whoever comes while a trip is under way goes with the next one, and gets an answer of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from xenia.together import Together


class Trips:
    """Doubles what it is given; a trip with a 13 fails."""

    def __init__(self) -> None:
        self.made: list[list[int]] = []
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def go(self, given: Sequence[int]) -> Sequence[int]:
        """One trip."""
        self.made.append(list(given))
        await self.may_go.wait()
        if 13 in given:
            raise ValueError("thirteen")
        if 14 in given:
            raise KeyError("fourteen")
        return [2 * number for number in given]


@pytest.fixture
def trips() -> Trips:
    return Trips()


@pytest.fixture
def together(trips: Trips) -> Together[int, int]:
    return Together(trips.go, retried=(ValueError,), most=4)


async def test_each_gets_the_answer_to_what_was_asked(together: Together[int, int], trips: Trips) -> None:
    assert await asyncio.gather(*map(together.go, range(10))) == [2 * number for number in range(10)]
    assert trips.made == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_who_comes_meanwhile_waits_for_a_trip_that_began_later(
    together: Together[int, int], trips: Trips
) -> None:
    trips.may_go.clear()
    first = together.go(1)
    await asyncio.sleep(0)
    second = together.go(2)
    await asyncio.sleep(0)
    assert trips.made == [[1]]
    trips.may_go.set()
    assert [await first, await second] == [2, 4]
    assert trips.made == [[1], [2]]


async def test_one_who_spoils_a_trip_fails_alone(together: Together[int, int]) -> None:
    answers = await asyncio.gather(*map(together.go, (1, 13, 2)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, ValueError, int]


async def test_another_failure_is_everybodys(together: Together[int, int], trips: Trips) -> None:
    answers = await asyncio.gather(*map(together.go, (1, 14, 2)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [KeyError] * 3
    assert len(trips.made) == 1


async def test_one_who_gives_up_keeps_nobody_from_an_answer(together: Together[int, int]) -> None:
    given_up, other = together.go(1), together.go(2)
    given_up.cancel()
    assert await other == 4


async def test_a_trip_that_is_called_off_leaves_nobody_waiting(together: Together[int, int], trips: Trips) -> None:
    trips.may_go.clear()
    first = together.go(1)
    await asyncio.sleep(0)
    second = together.go(2)
    assert together._under_way
    together._under_way.cancel()
    answers = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 2
    trips.may_go.set()
    assert await together.go(3) == 6


async def test_waiting_for_all_ends_when_nobody_waits(together: Together[int, int]) -> None:
    going = [together.go(number) for number in range(10)]
    await together.arrived()
    assert all(one.done() for one in going)


async def test_an_order_is_kept_and_each_still_gets_an_answer_of_their_own(trips: Trips) -> None:
    together: Together[int, int] = Together(trips.go, order=lambda number: -number)
    assert await asyncio.gather(*map(together.go, (1, 3, 2))) == [2, 6, 4]
    assert trips.made == [[3, 2, 1]]


async def test_an_order_that_fails_leaves_nobody_waiting(trips: Trips) -> None:
    together: Together[int, int] = Together(trips.go, order=lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        await together.go(1)
