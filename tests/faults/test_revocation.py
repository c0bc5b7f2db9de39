"""What was said to have ended is accepted nowhere (bar B3; F07)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.faults.count import Count
from tests.faults.world import World, times
from xenia.users.models import UserStatus

pytestmark = pytest.mark.slow
PAIRS = times(20, 3334)
TOGETHER = 10


async def test_a_token_that_was_revoked_at_one_process_is_refused_by_the_other(two: World, count: Count) -> None:
    async def pair(number: int) -> int:
        _, cookie = await two.session(await two.person())
        token = (await two.redeem(await two.code(cookie, place=number), place=number)).json()["access_token"]
        asked = {"authorization": f"Bearer {token}"}
        assert (await two.clients[0].get(two.at(number + 1, "/oauth/userinfo"), headers=asked)).status_code == 200
        ended = await two.token({"token": token}, place=number, path="revoke")
        used = await two.clients[1].get(two.at(number + 1, "/oauth/userinfo"), headers=asked)
        assert ended.status_code == 200
        count.refusal(accepted=used.status_code == 200)
        return used.status_code

    assert await _all(pair) == {401}


async def test_a_session_that_ended_at_one_process_is_unknown_to_the_other(two: World, count: Count) -> None:
    async def pair(number: int) -> int:
        _, cookie = await two.session(await two.person())
        assert (await two.clients[0].get(two.at(number, "/account"), headers=cookie)).status_code == 200
        assert (await two.clients[0].post(two.at(number, "/sign-out"), headers=cookie)).status_code == 200
        used = await two.clients[1].get(two.at(number + 1, "/account"), headers=cookie)
        count.refusal(accepted=used.status_code == 200)
        return used.status_code

    assert await _all(pair) == {303}


async def test_a_person_who_was_disabled_is_refused_everywhere(two: World, count: Count) -> None:
    async def pair(number: int) -> int:
        user = await two.person()
        _, cookie = await two.session(user)
        tokens = (await two.redeem(await two.code(cookie))).json()
        await two.kernel.users.set_status(two.context, user.id, UserStatus.DISABLED)
        asked = {"authorization": f"Bearer {tokens['access_token']}"}
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        answers = await asyncio.gather(
            two.clients[0].get(two.at(number, "/oauth/userinfo"), headers=asked),
            two.token(form, place=number + 1),
            two.clients[1].get(two.at(number, "/account"), headers=cookie),
        )
        count.refusal(accepted=any(answer.status_code == 200 for answer in answers))
        assert [answer.status_code for answer in answers] == [401, 400, 303]
        return 0

    assert await _all(pair) == {0}


async def _all(pair: Callable[[int], Awaitable[int]]) -> set[int]:
    """What came of all pairs, some at a time."""
    found: set[int] = set()
    for start in range(0, PAIRS, TOGETHER):
        found |= set(await asyncio.gather(*(pair(start + number) for number in range(min(TOGETHER, PAIRS - start)))))
    return found
