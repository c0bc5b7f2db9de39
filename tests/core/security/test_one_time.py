"""One-time things work once, however many bring them at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from xenia.db import Database
from xenia.security import one_time
from xenia.security.one_time import CodeResult, CodeStatus, OneTime
from xenia.security.secrets import new_secret

HOUR = timedelta(hours=1)
OVER = timedelta(seconds=-1)


@pytest.fixture
def things(database: Database) -> OneTime:
    return OneTime(database, b"k" * 32)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


async def test_a_secret_gives_its_data_back_once(things: OneTime) -> None:
    secret = await things.issue("acme", "link", b"ada", HOUR)
    assert await things.peek("acme", "link", secret) == b"ada"
    assert await things.consume("acme", "link", secret) == b"ada"
    assert await things.consume("acme", "link", secret) is None
    assert await things.peek("acme", "link", secret) is None


async def test_of_two_hundred_at_once_one_wins(things: OneTime) -> None:
    secret = await things.issue("acme", "link", b"ada", HOUR)
    won = await asyncio.gather(*(things.consume("acme", "link", secret) for _ in range(200)))
    assert [one for one in won if one is not None] == [b"ada"]


async def test_empty_data_are_still_told_from_none(things: OneTime) -> None:
    secret = await things.issue("acme", "link", b"", HOUR)
    won = await asyncio.gather(*(things.consume("acme", "link", secret) for _ in range(20)))
    assert won.count(b"") == 1
    assert won.count(None) == 19


async def test_an_expired_secret_is_worth_nothing(things: OneTime) -> None:
    secret = await things.issue("acme", "link", b"ada", OVER)
    assert await things.peek("acme", "link", secret) is None
    assert await things.consume("acme", "link", secret) is None


async def test_a_secret_belongs_to_its_tenant_and_kind(things: OneTime) -> None:
    secret = await things.issue("acme", "link", b"ada", HOUR)
    assert await things.consume("other", "link", secret) is None
    assert await things.consume("acme", "invite", secret) is None
    assert await things.consume("acme", "link", secret) == b"ada"


async def test_a_malformed_secret_never_reaches_the_database() -> None:
    class Nothing:
        async def fetchrow(self, sql: str, /, *args: object) -> None:
            pytest.fail("asked the database")

        fetchval = execute = fetchrow

    things = OneTime(Nothing(), b"k" * 32)
    secret = new_secret("link")
    for text in ("", secret[:-1], secret + "0", secret.swapcase(), "x\0", "'; DROP TABLE one_time; --"):
        assert await things.consume("acme", "link", text) is None
        assert await things.peek("acme", "link", text) is None


async def test_the_database_holds_neither_secret_nor_code(things: OneTime, database: Database) -> None:
    secret = await things.issue("acme", "link", b"", HOUR)
    code = await things.issue_code("acme", "email", "journey-1", ttl=HOUR)
    await things.claim("acme", "jti", "assertion-1", HOUR)
    rows = await database.fetch("SELECT hash, data FROM one_time")
    stored = b"|".join(row["hash"] + row["data"] for row in rows)
    for readable in (secret, code, "journey-1", "assertion-1"):
        assert readable.encode() not in stored


async def test_an_id_is_claimed_by_the_first_alone(things: OneTime) -> None:
    claims = await asyncio.gather(*(things.claim("acme", "jti", "a", HOUR) for _ in range(100)))
    assert claims.count(True) == 1
    assert await things.claim("other", "jti", "a", HOUR)
    assert await things.claim("acme", "assertion", "a", HOUR)
    assert await things.claim("acme", "jti", "b", HOUR)


async def test_an_expired_claim_is_free_for_exactly_one(things: OneTime) -> None:
    assert await things.claim("acme", "jti", "a", OVER)
    claims = await asyncio.gather(*(things.claim("acme", "jti", "a", HOUR) for _ in range(100)))
    assert claims.count(True) == 1


async def test_a_code_works_once_for_what_it_is_bound_to(things: OneTime) -> None:
    code = await things.issue_code("acme", "email", "j1", ttl=HOUR, data=b"ada")
    assert len(code) == 6
    assert code.isdecimal()
    assert (await things.check_code("acme", "email", "j2", code)).status is CodeStatus.SPENT
    assert (await things.check_code("other", "email", "j1", code)).status is CodeStatus.SPENT
    assert (await things.check_code("acme", "sms", "j1", code)).status is CodeStatus.SPENT
    assert await things.check_code("acme", "email", "j1", f" {code[:3]} {code[3:]}\n") == CodeResult(
        CodeStatus.OK, b"ada"
    )
    assert await things.check_code("acme", "email", "j1", code) == CodeResult(CodeStatus.SPENT)


async def test_each_wrong_try_is_counted_and_the_last_one_ends_it(things: OneTime) -> None:
    code = await things.issue_code("acme", "email", "j1", ttl=HOUR, attempts=3)
    for text, left in ((wrong(code), 2), ("", 1), ("٣" * 6, 0)):
        assert await things.check_code("acme", "email", "j1", text) == CodeResult(CodeStatus.WRONG, attempts_left=left)
    assert await things.check_code("acme", "email", "j1", code) == CodeResult(CodeStatus.SPENT)


async def test_of_fifty_right_codes_at_once_one_is_ok(things: OneTime) -> None:
    code = await things.issue_code("acme", "email", "j1", ttl=HOUR)
    answers = await asyncio.gather(*(things.check_code("acme", "email", "j1", code) for _ in range(50)))
    assert sum(one.is_ok for one in answers) == 1
    assert {one.status for one in answers} == {CodeStatus.OK, CodeStatus.SPENT}


async def test_of_two_hundred_wrong_codes_at_once_five_are_compared(
    things: OneTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await things.issue_code("acme", "email", "j1", ttl=HOUR)
    compared: list[bytes] = []

    def counting(typed: bytes, stored: bytes) -> bool:
        compared.append(typed)
        return typed == stored

    monkeypatch.setattr(one_time, "same", counting)
    answers = await asyncio.gather(*(things.check_code("acme", "email", "j1", wrong(code)) for _ in range(200)))
    assert len(compared) == 5
    assert sorted(one.attempts_left for one in answers if one.status is CodeStatus.WRONG) == [0, 1, 2, 3, 4]


async def test_a_new_code_replaces_the_old_one(things: OneTime) -> None:
    old = await things.issue_code("acme", "email", "j1", ttl=HOUR, digits=12)
    new = await things.issue_code("acme", "email", "j1", ttl=HOUR, digits=12)
    assert (await things.check_code("acme", "email", "j1", old)).status is CodeStatus.WRONG
    assert (await things.check_code("acme", "email", "j1", new)).is_ok


async def test_an_expired_or_revoked_code_is_spent(things: OneTime) -> None:
    code = await things.issue_code("acme", "email", "j1", ttl=OVER)
    assert (await things.check_code("acme", "email", "j1", code)).status is CodeStatus.SPENT
    code = await things.issue_code("acme", "email", "j1", ttl=HOUR)
    await things.revoke_code("acme", "email", "j1")
    assert (await things.check_code("acme", "email", "j1", code)).status is CodeStatus.SPENT


async def test_a_consumption_that_is_rolled_back_did_not_happen(things: OneTime, database: Database) -> None:
    secret = await things.issue("acme", "link", b"ada", HOUR)
    with suppress(LookupError):
        async with database.transaction():
            assert await things.consume("acme", "link", secret) == b"ada"
            raise LookupError
    assert await things.consume("acme", "link", secret) == b"ada"


async def test_an_attempt_stays_taken_when_the_work_around_it_is_rolled_back(
    things: OneTime, database: Database
) -> None:
    code = await things.issue_code("acme", "email", "j1", ttl=HOUR, attempts=3)
    for left in (2, 1, 0):
        with suppress(LookupError):
            async with database.transaction():
                assert (await things.check_code("acme", "email", "j1", wrong(code))).attempts_left == left
                raise LookupError
    assert (await things.check_code("acme", "email", "j1", code)).status is CodeStatus.SPENT


async def test_sweeping_takes_only_what_expired_long_ago(things: OneTime) -> None:
    for _ in range(3):
        await things.issue("acme", "link", b"", timedelta(days=-2))
    await things.issue("acme", "link", b"", OVER)
    kept = await things.issue("acme", "link", b"kept", HOUR)
    assert await things.sweep(most=2) == 2
    assert await things.sweep() == 1
    assert await things.sweep() == 0
    assert await things.peek("acme", "link", kept) == b"kept"
