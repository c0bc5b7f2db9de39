"""Nobody learns from the time of an answer who has an account (bar B9).

Known and unknown addresses take turns, in an order that chance decides; the area under the curve of their times says how well the one could be told
from the other: 0.5 is not at all. Only at full size are there enough of them to judge.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from html import unescape
from uuid import UUID

import httpx2
import pytest

from tests.faults.world import FULL, PATIENCE, World, times
from tests.plugins.sms.conftest import Gateway, gateway, gateway_process, number
from tests.plugins.sms.conftest import settings as sms_settings
from xenia.api import NewCredential
from xenia_email_otp.settings import EmailOtpSettings
from xenia_email_otp.settings import Place as CodePlace
from xenia_magic_link.settings import MagicLinkSettings
from xenia_magic_link.settings import Place as LinkPlace
from xenia_passkeys.models import PASSKEY, Stored
from xenia_passkeys.store import encoded, lookup_of
from xenia_push.settings import PushSettings
from xenia_recovery.settings import RecoverySettings
from xenia_sms.service import made
from xenia_sms.settings import SmsSettings

__all__ = ["gateway", "gateway_process"]

pytestmark = pytest.mark.slow
EACH = times(10, 500)
PASSWORD = "seven quiet herons over the weir"
WORDS = {
    "email_otp": "is on its way",
    "magic_link": "is on its way",
    "sms_otp": "is on its way",
    "passkey": "data-options",
    "push": "push-over",
}
"""What stands on the page behind the button of each method."""


@pytest.fixture
async def offered(two: World, gateway: Gateway) -> World:
    """Every way is offered."""
    await two.kernel.config.put(two.context, EmailOtpSettings, EmailOtpSettings(first=CodePlace.OFFERED))
    await two.kernel.config.put(two.context, MagicLinkSettings, MagicLinkSettings(first=LinkPlace.OFFERED))
    plenty = {"hour_budget": 1_000_000, "day_budget": 1_000_000}
    await two.kernel.config.put(two.context, SmsSettings, sms_settings(gateway, first=True, **plenty))
    await two.kernel.config.put(two.context, PushSettings, PushSettings(first=True))
    await two.kernel.config.put(two.context, RecoverySettings, RecoverySettings(user_names=True))
    return two


@pytest.mark.parametrize("way", [*WORDS, "password", "sign-up", "recover", "recovery/name"])
async def test_the_time_of_an_answer_tells_nobody_who_has_an_account(offered: World, way: str) -> None:
    known = [await person(offered, way, place) for place in range(EACH)]
    unknown = [f"x{address[1:]}" for address in known]
    turns = [*((address, True) for address in known), *((address, False) for address in unknown)]
    random.shuffle(turns)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for place, (address, is_known) in enumerate(turns):
        async with at_home(offered, place) as client:
            taken[is_known].append(await seconds(offered, client, way, address))
    found = auc(taken[True], taken[False])
    assert 0.0 <= found <= 1.0
    assert not FULL or 0.45 <= found <= 0.55, found


async def person(world: World, way: str, place: int) -> str:
    """The address of somebody who can go this way."""
    user = await world.person(password=PASSWORD)
    if way == "sms_otp":
        await world.kernel.credentials.add(world.context, user.id, made(number(f"+49176{place:08}")))
    if way == "passkey":
        await world.kernel.credentials.add(world.context, user.id, a_passkey(user.id))
    return user.email or ""


def a_passkey(user_id: UUID) -> NewCredential:
    """A record as a phone makes one, of a key that nobody has."""
    stored = Stored(
        id=user_id.bytes, public_key=bytes(77), handle=user_id.bytes, aaguid=str(user_id), rp_id="localhost"
    )
    return NewCredential(plugin="passkeys", kind=PASSKEY, data=encoded(stored), lookup=lookup_of(stored.id))


def at_home(world: World, place: int) -> httpx2.AsyncClient:
    """A browser at a network address of its own, since one source may ask for little."""
    mine = f"127.0.{place // 200 + 1}.{place % 200 + 1}"
    transport = httpx2.AsyncHTTPTransport(local_address=mine, verify=False)
    return httpx2.AsyncClient(transport=transport, headers=world.clients[0].headers, timeout=PATIENCE)


async def seconds(world: World, client: httpx2.AsyncClient, way: str, address: str) -> float:
    """How long the identifier and the way's own first post take together, pages included."""
    begins = f"/{way}" if way in ("sign-up", "recover", "recovery/name") else "/sign-in"
    page = await followed(client, await client.get(world.at(0, begins)))
    began = time.perf_counter()
    page = await posted(client, page, {"identifier": address})
    if way in ("recover", "recovery/name"):
        assert str(page.url).endswith("/sent"), page.text[:500]
    elif way in ("password", "sign-up"):
        page = await posted(client, page, {"password": "wrong but long enough"})
        assert page.status_code == (422 if way == "password" else 200), page.text[:500]
    else:
        page = await posted(client, page, {"action": f"method:{way}"})
        assert WORDS[way] in unescape(page.text), page.text[:2000]
    return time.perf_counter() - began


async def posted(client: httpx2.AsyncClient, page: httpx2.Response, form: dict[str, str]) -> httpx2.Response:
    """A form of the page, sent to the journey's address, and the page that follows."""
    token = re.search(r'name="csrf" value="([^"]*)"', page.text)
    data = {**form, "csrf": unescape(token[1]) if token else ""}
    return await followed(client, await client.post(str(page.url), data=data))


async def followed(client: httpx2.AsyncClient, answer: httpx2.Response) -> httpx2.Response:
    """The page that redirects lead to, at the process that was asked."""
    while answer.is_redirect:
        answer = await client.get(answer.url.join(answer.headers["location"]))
    return answer


def auc(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance that a time of the one is longer than one of the other (Mann-Whitney's U over its most)."""
    ranked = sorted([*((value, 0) for value in one), *((value, 1) for value in other)])
    ranks, place = 0.0, 0
    while place < len(ranked):
        ties = [pair for pair in ranked[place:] if pair[0] == ranked[place][0]]
        ranks += sum(1 for pair in ties if pair[1] == 0) * (place + (len(ties) + 1) / 2)
        place += len(ties)
    return (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


def test_the_area_is_half_where_nothing_differs_and_whole_where_all_does() -> None:
    assert auc([1, 2, 3], [1, 2, 3]) == 0.5
    assert auc([4, 5], [1, 2, 3]) == 1.0
    assert auc([1], [2, 3]) == 0.0
