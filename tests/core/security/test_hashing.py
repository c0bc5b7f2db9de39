"""Password hashing: the right parameters, a bounded queue, and one cost for every answer."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2i, Argon2id

from xenia.errors import Unavailable
from xenia.security import hashing
from xenia.security.hashing import Busy, PasswordHasher


@pytest.fixture
def hasher() -> Iterator[PasswordHasher]:
    made = PasswordHasher(workers=2, queue=4)
    yield made
    made.close()


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The encoded strings that were truly evaluated."""
    seen: list[str] = []
    verify = hashing._verify

    def recording(text: str, encoded: str) -> bool:
        seen.append(encoded)
        return verify(text, encoded)

    monkeypatch.setattr(hashing, "_verify", recording)
    return seen


async def test_a_hash_is_argon2id_with_exactly_our_parameters(hasher: PasswordHasher) -> None:
    encoded = await hasher.hash("correct horse")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "\0" not in encoded
    assert not hasher.needs_rehash(encoded)
    assert await hasher.verify("correct horse", encoded)
    assert not await hasher.verify("correct horsf", encoded)


async def test_the_same_password_hashes_differently(hasher: PasswordHasher) -> None:
    assert await hasher.hash("same") != await hasher.hash("same")


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "é", "e\u0301", "\ud800", "x" * 5000, "🔑" * 64])
async def test_any_text_is_hashed_as_it_is(hasher: PasswordHasher, text: str) -> None:
    encoded = await hasher.hash(text)
    assert await hasher.verify(text, encoded)
    assert not await hasher.verify(text + "\0", encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$$",
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$short",
        "$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43,
        "$argon2d$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43,
        "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43,
        "$argon2id$v=19$m=19456,t=999,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43,
        "$argon2id$v=19$m=19456,t=2,p=0$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43,
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43 + "\n",
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43 + "\0",
        "é" * 40,
        "a" * 4000,
    ],
)
async def test_a_malformed_hash_is_false_and_costs_the_same(
    hasher: PasswordHasher, costs: list[str], encoded: str
) -> None:
    assert await hasher.verify("anything", encoded) is False
    assert len(costs) == 1
    assert not hasher.needs_rehash(costs[0])


async def test_an_unknown_account_costs_one_real_verification(hasher: PasswordHasher, costs: list[str]) -> None:
    assert await hasher.dummy("anything") is False
    assert len(costs) == 1
    assert not hasher.needs_rehash(costs[0])


@pytest.mark.parametrize("kdf", [Argon2id, Argon2i])
async def test_a_hash_made_elsewhere_verifies_and_asks_to_be_renewed(
    hasher: PasswordHasher, kdf: type[Argon2id] | type[Argon2i]
) -> None:
    made = kdf(salt=b"s" * 16, length=32, iterations=3, lanes=4, memory_cost=4096)
    imported = made.derive_phc_encoded(b"password")
    assert await hasher.verify("password", imported)
    assert not await hasher.verify("passwore", imported)
    assert hasher.needs_rehash(imported)


async def test_a_full_queue_turns_callers_away_and_recovers(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(hashing, "_hash", lambda text: text if gate.wait(30) else "")
    held = [asyncio.ensure_future(hasher.hash("x")) for _ in range(6)]
    await asyncio.sleep(0)
    with pytest.raises(Busy) as refused:
        await hasher.hash("x")
    assert isinstance(refused.value, Unavailable)
    assert refused.value.retry_after == 1
    gate.set()
    assert await asyncio.gather(*held) == ["x"] * 6
    assert await hasher.hash("y") == "y"


async def test_callers_who_go_away_give_their_place_back(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(hashing, "_hash", lambda text: text if gate.wait(30) else "")
    held = [asyncio.ensure_future(hasher.hash("x")) for _ in range(6)]
    await asyncio.sleep(0)
    for one in held:
        one.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    gate.set()
    hasher.close()
    assert hasher._taken == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives each thread a priority of its own")
async def test_hashing_threads_yield_to_the_event_loop(hasher: PasswordHasher) -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert await hasher._run(niceness) == max(before, hashing._NICENESS)
    assert niceness() == before
