"""A link and a code by mail work once, whichever process is asked (bar B1)."""

from __future__ import annotations

import re
from html import unescape

import httpx2
import pytest

from tests.faults.count import Count, answered
from tests.faults.journeys import Way, browser_of
from tests.faults.world import COOKIE, TENANT, World, tally, times, until
from xenia.testing.app import form_of
from xenia.users.models import User

pytestmark = pytest.mark.slow
ROUNDS = times(3, 200)


async def waiting(two: World, user: User, way: str) -> tuple[Way, httpx2.Response]:
    """A new browser's sign-in that waits for a mail, and its page."""
    begun = await two.clients[0].get(two.at(0, "/sign-in"), headers={"cookie": "new=browser"})
    journey = Way("", "").after(begun)
    assert user.email
    journey = journey.after(await journey.answer(two, 0, identifier=user.email))
    chosen = await journey.answer(two, 0, action=f"method:{way}")
    page = chosen
    if chosen.is_redirect:
        journey = journey.after(chosen)
        page = await two.clients[0].get(two.at(0, journey.path), headers={"cookie": journey.cookie})
    action, _ = form_of(page, {"action": ""})
    return Way(action.removeprefix(f"/t/{TENANT}"), journey.cookie), page


async def mailed(two: World, user: User, pattern: str) -> str:
    """The first group of what the newest mail to somebody says."""
    found: list[str] = []

    async def came() -> bool:
        text = await two.kernel.database.fetchval(
            "SELECT text FROM mail_mailbox WHERE tenant_id = $1 AND recipient = $2 ORDER BY at DESC LIMIT 1",
            TENANT,
            user.email,
        )
        found.extend(re.findall(pattern, text or "", re.MULTILINE))
        return bool(found)

    await until(came, f"a mail with {pattern}")
    return found[0]


def signed_in(answer: httpx2.Response) -> bool:
    """Whether an answer begins a session."""
    return COOKIE in answer.headers.get("set-cookie", "")


async def test_a_link_lets_one_of_fifty_presses_through(two: World, count: Count) -> None:
    for _ in range(ROUNDS):
        user = await two.person()
        journey, page = await waiting(two, user, "magic_link")
        number = re.findall(r"input-code\" dir=\"ltr\">(\d\d)<", unescape(page.text))[0]
        secret = await mailed(two, user, r"/magic-link/(\w+)")
        phone = Way(f"/magic-link/{secret}", browser_of(await two.clients[1].get(two.at(1, "/sign-in"))))
        presses = await two.race(lambda place, phone=phone, number=number: phone.answer(two, place, number=number))  # type: ignore[misc]
        count.add(presses, answered(303), (410,))
        assert tally(presses) == {303: 1, 410: 49}
        asked = await two.race(lambda place, journey=journey: journey.answer(two, place, action=""))  # type: ignore[misc]
        assert sum(map(signed_in, asked)) == 1
        assert set(tally(asked)) <= {303, 422}


async def test_a_code_by_mail_begins_one_session(two: World, count: Count) -> None:
    for _ in range(ROUNDS):
        user = await two.person()
        journey, _page = await waiting(two, user, "email_otp")
        code = await mailed(two, user, r"^(\d{6})$")
        answers = await two.race(lambda place, journey=journey, code=code: journey.answer(two, place, code=code))  # type: ignore[misc]
        assert count.add(answers, signed_in, (303, 422)) == 1
        assert set(tally(answers)) <= {303, 422}
