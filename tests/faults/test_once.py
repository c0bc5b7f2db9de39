"""Whatever works once works once: fifty at a time, at two processes (bar B1; F01-F03)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.faults.world import CALLBACK, COOKIE, HOUR, World, tally, times
from tests.plugins.oidc.support import CHALLENGE
from xenia.users.models import User
from xenia_password.service import PasswordService
from xenia_totp.codes import code_at, step_of
from xenia_totp.service import TotpService

pytestmark = pytest.mark.slow
ROUNDS = times(3, 200)


async def test_a_code_is_redeemed_by_one_of_fifty(two: World) -> None:
    _, cookie = await two.session(await two.person())
    for _ in range(ROUNDS):
        code = await two.code(cookie)
        answers = await two.race(lambda place, code=code: two.redeem(code, place=place, client=place % 2))  # type: ignore[misc]
        assert tally(answers) == {200: 1, 400: 49}
        assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        told = await two.clients[0].get(
            two.at(1, "/oauth/userinfo"), headers={"authorization": f"Bearer {won['access_token']}"}
        )
        assert told.status_code == 401  # the replays ended the winner's tokens too (RFC 9700 section 2.1.1)
        _, cookie = await two.session(await two.person())


async def test_a_refresh_token_has_one_successor(two: World) -> None:
    for _ in range(ROUNDS):
        _, cookie = await two.session(await two.person())
        first = (await two.redeem(await two.code(cookie))).json()
        form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        answers = await two.race(lambda place, form=form: two.token(form, place=place, client=place % 2))  # type: ignore[misc]
        assert set(tally(answers)) <= {200, 400}
        given = [answer.json() for answer in answers if answer.status_code == 200]
        # Within the grace a repeated request gets the same successor again, so that a lost answer signs nobody out.
        assert len({one["refresh_token"] for one in given}) == 1
        assert given[0]["refresh_token"] != first["refresh_token"]


async def test_a_reset_link_gives_one_password(two: World) -> None:
    passwords = PasswordService(two.kernel)
    for _ in range(times(2, 40)):
        user = await two.person(password="the one before, long enough")
        path = await two.kernel.hooks.invitation(two.kernel, two.context, user.id, HOUR)
        assert path
        page = await two.clients[0].get(two.at(0, path))
        cookie = _browser(page)

        async def send(place: int, path: str = path, cookie: Mapping[str, str] = cookie) -> httpx2.Response:
            form = {"password": f"seven otters paint fence {place}"}
            return await two.clients[place % 2].post(two.at(place, path), data=form, headers=dict(cookie))

        answers = await two.race(send)
        assert tally(answers) == {303: 1, 410: 49}
        winner = next(place for place, answer in enumerate(answers) if answer.status_code == 303)
        assert await passwords.verify(two.context, user.id, f"seven otters paint fence {winner}")


async def test_a_code_of_an_app_opens_one_of_fifty_journeys(two: World) -> None:
    for _ in range(ROUNDS):
        user = await two.person()
        seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        await two.kernel.credentials.add(two.context, user.id, TotpService(two.kernel).made(seed, 1, "app"))
        ways = [await _asked_for_a_code(two, user, place) for place in range(10)]
        code = code_at(seed, step_of(two.kernel.clock.now()))

        async def send(place: int, ways: list[tuple[str, dict[str, str]]] = ways, code: str = code) -> httpx2.Response:
            path, cookie = ways[place % len(ways)]
            return await two.clients[place % 2].post(two.at(place, path), data={"code": code}, headers=cookie)

        answers = await two.race(send)
        begun = [answer for answer in answers if COOKIE in answer.headers.get("set-cookie", "")]
        assert len(begun) == 1
        assert set(tally(answers)) <= {303, 422}


async def _asked_for_a_code(two: World, user: User, place: int) -> tuple[str, dict[str, str]]:
    """The path of a step-up that asks a browser for the code, and its cookies."""
    _, cookie = await two.session(user)
    query: dict[str, Any] = {
        "client_id": "shop", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "claims": '{"id_token":{"acr":{"essential":true,"value":"aal2"}}}',
    }  # fmt: skip
    led = await two.clients[0].get(two.at(place, f"/oauth/authorize?{urlencode(query)}"), headers=cookie)
    assert led.status_code == 303, led.text
    path = led.headers["location"].removeprefix("/t/acme")
    both = {"cookie": f"{cookie['cookie']}; {_browser(led)['cookie']}"}
    page = await two.clients[0].get(two.at(place, path), headers=both)
    assert 'name="code"' in page.text, page.text[:2000]
    return path, both


def _browser(answer: httpx2.Response) -> dict[str, str]:
    found = re.search(r"xenia-browser-acme=[^;]+", answer.headers.get("set-cookie", ""))
    return {"cookie": found[0]} if found else {}
