"""``kill -9`` while people sign in: what was acknowledged is there and in the audit log (bar B4; F06, F19)."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import httpx2
import pytest

from tests.faults.world import COOKIE, PASSWORD, World, times, until
from xenia.events.commands import verify_database
from xenia.security.secrets import check_secret
from xenia.sessions.service import COOKIE_KIND
from xenia.users.models import User

pytestmark = pytest.mark.slow
KILLS = times(2, 200)
PEOPLE = 4

_AUDITED = """
    SELECT count(*) FROM sessions s JOIN events e
    ON e.tenant_id = s.tenant_id AND e.object_id = s.id::text AND e.type = 'session.started'
    WHERE s.tenant_id = $1 AND s.hash = $2"""


class Load:
    """People who sign in and redeem a code, again and again, at one process; and what was acknowledged to them."""

    def __init__(self, two: World, people: list[User], place: int) -> None:
        self._two, self._people, self._place = two, people, place
        self.sessions: list[str] = []
        self.codes: list[str] = []
        self.refused: list[int] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a process that is away is asked again."""
        await asyncio.gather(*(self._person(user, stop) for user in self._people))

    async def _person(self, user: User, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._sign_in(user)
            except httpx2.TransportError:
                await asyncio.sleep(0.05)

    async def _sign_in(self, user: User) -> None:
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as browser:
            led = await browser.get(self._two.at(self._place, "/sign-in"))
            if led.status_code != 303:
                self.refused.append(led.status_code)
                return
            here = self._two.at(self._place, led.headers["location"].removeprefix("/t/acme"))
            assert user.email
            await browser.post(here, data={"identifier": user.email})
            done = await browser.post(here, data={"password": PASSWORD})
            if not (found := re.search(rf"{COOKIE}=(\w+)", done.headers.get("set-cookie", ""))):
                self.refused.append(done.status_code)
                return
            self.sessions.append(found[1])
            code = await self._two.code({"cookie": f"{COOKIE}={found[1]}"}, place=self._place)
            if (await self._two.redeem(code, place=self._place)).status_code == 200:
                self.codes.append(code)


async def test_no_acknowledged_sign_in_is_lost_by_kill_9(two: World) -> None:
    people = [await two.person(password=PASSWORD) for _ in range(PEOPLE)]
    load, stop = Load(two, people, 0), asyncio.Event()
    running = asyncio.create_task(load.run(stop))
    try:
        for number in range(1, KILLS + 1):
            await until(lambda wanted=2 * number: _reached(load, wanted), f"{2 * number} people came in")  # type: ignore[misc]
            await two.processes[0].kill()
            await two.processes[0].start()
        before = len(load.sessions)
        await until(lambda: _reached(load, before + 1), "the service is back")
    finally:
        stop.set()
        with suppress(httpx2.TransportError):
            await running
    assert set(load.refused) <= {503}
    await _all_audited(two, load.sessions)
    await _nothing_twice(two, load.codes)
    await _chain_verifies(two)


async def _reached(load: Load, wanted: int) -> bool:
    return len(load.sessions) >= wanted


async def _all_audited(two: World, secrets: list[str]) -> None:
    for secret in secrets:
        hashed = check_secret(COOKIE_KIND, secret)
        # The row of a session that was renewed since has a newer secret; each of these browsers has a session of its own.
        assert await two.kernel.database.fetchval(_AUDITED, "acme", hashed) == 1


async def _nothing_twice(two: World, codes: list[str]) -> None:
    for place, code in enumerate(codes):
        assert (await two.redeem(code, place=place)).status_code == 400


async def _chain_verifies(two: World) -> None:
    async def sealed() -> bool:
        return not await two.kernel.database.fetchval("""
            SELECT EXISTS (SELECT FROM events e WHERE NOT EXISTS (
                SELECT FROM event_positions p WHERE p.tenant_id = e.tenant_id AND p.event_id = e.id))""")

    await until(sealed, "every event has its place")
    assert await verify_database(two.kernel.database, two.kernel.keys, "acme") == 0
    doubled = await two.kernel.database.fetchval(
        "SELECT count(*) - count(DISTINCT (tenant_id, position)) FROM event_positions"
    )
    assert doubled == 0
