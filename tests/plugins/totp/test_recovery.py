"""Recovery codes: each once, a hash for each guess, and a word to their owner."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from xenia.testing.app import App
from xenia.testing.fake_hasher import CountingHasher
from xenia.testing.fake_mailbox import Mailbox
from xenia.testing.people import EMAIL, a_person
from xenia.users.models import User
from xenia_totp.recovery import ALPHABET, KIND, RecoveryCodes, Stored, clean
from xenia_totp.settings import TotpSettings


@pytest.fixture
def recovery(app: App) -> RecoveryCodes:
    return RecoveryCodes(app.kernel)


@pytest.fixture
async def codes(app: App, recovery: RecoveryCodes, ada: User) -> tuple[str, ...]:
    """Ada's codes, as they were shown."""
    return await given(app, recovery, ada)


async def given(app: App, recovery: RecoveryCodes, user: User) -> tuple[str, ...]:
    """Make and store codes."""
    shown, rows = await recovery.made(app.context)
    for row in rows:
        await app.kernel.credentials.add(app.context, user.id, row)
    return shown


async def test_ten_are_made_that_differ_from_the_first_character_on(codes: tuple[str, ...]) -> None:
    assert len(codes) == 10
    assert len({code[0] for code in codes}) == 10
    assert all(len(code) == 14 and code[4] == code[9] == "-" for code in codes)


async def test_each_works_once(app: App, recovery: RecoveryCodes, ada: User, codes: tuple[str, ...]) -> None:
    for code in codes[:3]:
        assert await recovery.spend(app.context, ada.id, code)
        assert await recovery.spend(app.context, ada.id, code) is None
    assert await recovery.left(app.context, ada.id) == 7


async def test_of_fifty_at_once_one_wins(app: App, recovery: RecoveryCodes, ada: User, codes: tuple[str, ...]) -> None:
    app.kernel.hasher = CountingHasher()
    won = await asyncio.gather(*(recovery.spend(app.context, ada.id, codes[0]) for _ in range(50)))
    assert sum(one is not None for one in won) == 1
    assert await recovery.left(app.context, ada.id) == 9


async def test_a_code_of_somebody_else_is_no_code(
    app: App, recovery: RecoveryCodes, ada: User, codes: tuple[str, ...]
) -> None:
    grace = await a_person(app, "grace@example.org")
    await given(app, recovery, grace)
    assert await recovery.spend(app.context, grace.id, codes[0]) is None
    assert await recovery.left(app.context, ada.id) == 10


async def test_every_guess_costs_one_hash(app: App, recovery: RecoveryCodes, ada: User, codes: tuple[str, ...]) -> None:
    hasher = app.kernel.hasher = CountingHasher()
    unused = next(sign for sign in ALPHABET if sign not in {code[0] for code in codes})
    for guess in (codes[0][0] + "0" * 11, unused + "0" * 11, "no code at all", ""):
        hasher.work.clear()
        assert await recovery.spend(app.context, ada.id, guess) is None
        assert hasher.work == ["verify"]


async def test_new_codes_end_the_old_ones(app: App, recovery: RecoveryCodes, ada: User, codes: tuple[str, ...]) -> None:
    fresh = await given(app, recovery, ada)
    assert await recovery.left(app.context, ada.id) == 10
    assert await recovery.spend(app.context, ada.id, codes[0]) is None
    assert await recovery.spend(app.context, ada.id, fresh[0])


async def test_only_a_slow_hash_is_stored(app: App, ada: User, codes: tuple[str, ...]) -> None:
    rows = await app.kernel.credentials.of_user(app.context, ada.id, KIND)
    for row in rows:
        stored = msgspec.json.decode(row.data, type=Stored)
        assert stored.hash.startswith("$argon2id$")
        assert len(stored.first) == 1
    assert not [row for row in rows if row.second]


async def test_the_owner_is_told_and_warned_when_two_are_left(
    app: App, recovery: RecoveryCodes, ada: User, codes: tuple[str, ...], mailbox: Mailbox
) -> None:
    for code in codes[:8]:
        await recovery.spend(app.context, ada.id, code)
        await app.settle()
    told = [one for one in mailbox.to(EMAIL) if one.subject == "A recovery code was used"]
    assert len(told) == 8
    assert "9 are left" in told[0].text
    assert ["Make new ones" in one.text for one in told] == [False] * 7 + [True]


async def test_the_tenant_says_how_many(app: App, recovery: RecoveryCodes) -> None:
    await app.kernel.config.put(app.context, TotpSettings, TotpSettings(recovery_codes=20))
    shown, _ = await recovery.made(app.context)
    assert len({code[0] for code in shown}) == 20


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcd-efgh-jkmn", "ABCDEFGHJKMN"),
        (" ABCD EFGH JKMN ", "ABCDEFGHJKMN"),
        ("oild-0000-1111", "011D00001111"),
        ("ABCD-EFGH-JKM", ""),
        ("ABCD-EFGH-JKMU", ""),
        ("ÀBCD-EFGH-JKMN", ""),
        ("", ""),
    ],
)
def test_what_was_typed_becomes_what_was_made(typed: str, code: str) -> None:
    assert clean(typed) == code
