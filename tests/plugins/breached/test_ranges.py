"""A range service learns five digits, and one that fails keeps nobody waiting for long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from tests.plugins.breached.conftest import LEAKED, sha1
from tests.plugins.breached.service import Service, serving
from xenia.api import Host
from xenia.clock import FrozenClock, SystemClock
from xenia.security.dialer import Dialer
from xenia_breached.breaker import FAILURES, PAUSE_SECONDS, Breaker
from xenia_breached.errors import CantTell
from xenia_breached.ranges import RangeService, count_of
from xenia_breached.settings import BreachedSettings


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(SystemClock().now())


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving() as made:
        made.knows(LEAKED, 7)
        yield made


@pytest.fixture
async def ranges(clock: FrozenClock) -> AsyncIterator[RangeService]:
    host = SimpleNamespace(clock=clock, dialer=Dialer(development=True))
    made = RangeService(cast("Host", host))
    yield made
    await made.aclose()


def settings(service: Service, **changes: int) -> BreachedSettings:
    return BreachedSettings(range_url=service.url, **{"timeout_ms": 2000, **changes})  # type: ignore[arg-type]


async def test_it_tells_what_leaked_from_what_did_not(ranges: RangeService, service: Service) -> None:
    assert await ranges.holds(settings(service), sha1(LEAKED))
    assert not await ranges.holds(settings(service), sha1("nobody ever used this"))


async def test_the_service_is_told_five_digits_and_asked_for_padding(ranges: RangeService, service: Service) -> None:
    await ranges.holds(settings(service), sha1(LEAKED))
    assert service.asked == [f"/range/{sha1(LEAKED).hex().upper()[:5]}"]
    assert service.headers["add-padding"] == "true"
    everything = " ".join([*service.asked, *service.headers.values()]).upper()
    assert sha1(LEAKED).hex().upper()[5:] not in everything


async def test_what_is_padded_in_is_not_known(ranges: RangeService, service: Service) -> None:
    service.known = {sha1(LEAKED).hex().upper(): 0}
    assert not await ranges.holds(settings(service), sha1(LEAKED))


async def test_what_was_seen_too_seldom_is_not_known(ranges: RangeService, service: Service) -> None:
    assert await ranges.holds(settings(service, least_count=7), sha1(LEAKED))
    assert not await ranges.holds(settings(service, least_count=8), sha1(LEAKED))


@pytest.mark.parametrize("body", [b"", b"<html>Sign in to the network</html>", b"\0" * 100, b"x" * (2 << 20)])
async def test_an_answer_that_is_no_range_is_no_answer(ranges: RangeService, service: Service, body: bytes) -> None:
    service.body = body
    with pytest.raises(CantTell):
        await ranges.holds(settings(service), sha1(LEAKED))


@pytest.mark.parametrize("status", [301, 404, 429, 500])
async def test_another_status_is_no_answer(ranges: RangeService, service: Service, status: int) -> None:
    service.status = status
    with pytest.raises(CantTell):
        await ranges.holds(settings(service), sha1(LEAKED))


async def test_a_service_that_hangs_is_given_up(ranges: RangeService, service: Service) -> None:
    service.hangs = True
    with pytest.raises(CantTell, match="Timeout"):
        await ranges.holds(settings(service, timeout_ms=100), sha1(LEAKED))


async def test_a_service_that_is_away_is_asked_no_more_for_a_while(
    ranges: RangeService, service: Service, clock: FrozenClock
) -> None:
    service.status = 503
    for _ in range(10):
        with pytest.raises(CantTell):
            await ranges.holds(settings(service), sha1(LEAKED))
    assert len(service.asked) == FAILURES
    service.status = 200
    clock.advance(timedelta(seconds=PAUSE_SECONDS))
    assert await ranges.holds(settings(service), sha1(LEAKED))
    assert await ranges.holds(settings(service), sha1(LEAKED))


async def test_one_tenants_broken_service_is_no_other_tenants(ranges: RangeService, service: Service) -> None:
    for _ in range(FAILURES + 1):
        with pytest.raises(CantTell):
            await ranges.holds(BreachedSettings(range_url=f"http://127.0.0.1:{service.port}1/"), sha1(LEAKED))
    assert await ranges.holds(settings(service), sha1(LEAKED))


async def test_a_private_address_is_refused_where_the_operator_did_not_list_it(
    clock: FrozenClock, service: Service
) -> None:
    host = SimpleNamespace(clock=clock, dialer=Dialer())
    guarded = RangeService(cast("Host", host))
    for url in (f"https://127.0.0.1:{service.port}/", "https://169.254.169.254/", service.url):
        with pytest.raises(CantTell):
            await guarded.holds(BreachedSettings(range_url=url), sha1(LEAKED))
    assert service.asked == []
    await guarded.aclose()


def test_after_a_pause_one_question_tries_whether_it_is_over(clock: FrozenClock) -> None:
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.lets_through()
        breaker.failed()
    assert not breaker.lets_through()
    clock.advance(timedelta(seconds=PAUSE_SECONDS))
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.lets_through()


def test_a_count_is_read_whatever_the_case_and_the_line_end() -> None:
    body = b"0" * 35 + b":3\r\n" + b"a" * 35 + b":12\n" + b"F" * 35 + b":9"
    assert [count_of(body, digit * 35) for digit in "0AF1"] == [3, 12, 9, 0]
