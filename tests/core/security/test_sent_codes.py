"""Codes that are sent are good for one journey and one address, and nobody is flooded with them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from xenia.db import Database
from xenia.ids import new_id
from xenia.security.limits import Limits
from xenia.security.one_time import CodeStatus, OneTime
from xenia.security.sent_codes import SentCodes

ADA, EVE, HOME = "ada@example.org", "eve@example.org", "192.0.2.1"


@pytest.fixture
async def codes(database: Database) -> SentCodes:
    await database.execute("INSERT INTO tenants (id, title, issuer) VALUES ('acme', 'Acme', 'https://acme.example')")
    limits, one_time = Limits(database, b"l" * 32), OneTime(database, b"o" * 32)
    return SentCodes(limits, one_time, "test", pause=timedelta(seconds=30), each_source=8)


async def asked(codes: SentCodes, journey: UUID, address: str = ADA, source: str = HOME) -> bool:
    return not await codes.reserve("acme", journey, address, source=source)


async def test_a_code_is_right_once_for_its_journey_and_its_address(codes: SentCodes) -> None:
    journey = new_id()
    code = await codes.issue("acme", journey, ADA)
    for other, address in ((new_id(), ADA), (journey, EVE)):
        assert (await codes.check("acme", other, address, code)).status is CodeStatus.SPENT
    assert (await codes.check("acme", journey, ADA.upper(), f" {code[:3]} {code[3:]}")).is_ok
    assert not (await codes.check("acme", journey, ADA, code)).is_ok


@pytest.mark.parametrize(
    ("mine", "theirs"), [("stra\u00dfe@a.example", "strasse@a.example"), ("a@fu\u00df.example", "a@fuss.example")]
)
async def test_letters_that_fold_to_others_make_another_address(codes: SentCodes, mine: str, theirs: str) -> None:
    journey = new_id()
    code = await codes.issue("acme", journey, mine)
    assert (await codes.check("acme", journey, theirs, code)).status is CodeStatus.SPENT
    assert (await codes.check("acme", journey, mine, code)).is_ok


async def test_of_twenty_who_ask_at_once_for_one_journey_one_gets_a_code(codes: SentCodes) -> None:
    journey = new_id()
    assert sum(await asyncio.gather(*(asked(codes, journey) for _ in range(20)))) == 1


async def test_one_address_gets_six_an_hour_however_it_is_spelled(codes: SentCodes) -> None:
    given = [await asked(codes, new_id(), ADA.upper() if place % 2 else ADA, f"192.0.2.{place}") for place in range(9)]
    assert given == [True] * 6 + [False] * 3


async def test_one_source_writes_to_few_addresses(codes: SentCodes) -> None:
    given = [await asked(codes, new_id(), f"p{place}@example.org") for place in range(10)]
    assert given == [True] * 8 + [False] * 2
    assert await asked(codes, new_id(), "p10@example.org", "198.51.100.7")
