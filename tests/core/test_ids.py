"""Identifiers rise, and have one spelling."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from xenia.ids import IdFactory, new_id, parse_id


def test_an_identifier_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= before + 60_000


def test_identifiers_rise_within_one_millisecond() -> None:
    factory = IdFactory(lambda: 1_700_000_000_000)
    made = [factory() for _ in range(5000)]
    assert made == sorted(set(made))


def test_identifiers_rise_when_the_clock_goes_back() -> None:
    moments = iter([2000, 1000, 1500, 3000])
    factory = IdFactory(lambda: next(moments))
    made = [factory() for _ in range(4)]
    assert made == sorted(set(made))
    assert made[-1].int >> 80 == 3000


def test_a_full_tail_borrows_the_next_millisecond() -> None:
    factory = IdFactory(lambda: 1000)
    first = factory()
    factory._tail = (1 << 74) - 1
    second = factory()
    assert second.int >> 80 == 1001
    assert second > first
    assert second.version == 7


def test_threads_never_make_the_same_identifier() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [new_id() for _ in range(500)], range(8)))
    made = [one for batch in batches for one in batch]
    assert len(set(made)) == len(made)
    assert all(batch == sorted(batch) for batch in batches)


def test_an_identifier_survives_its_spelling() -> None:
    made = new_id()
    assert parse_id(str(made)) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0",
        "{01890a5d-ac96-774b-bcce-b302099a8057}",
        "01890A5D-AC96-774B-BCCE-B302099A8057",
        "01890a5dac96774bbcceb302099a8057",
        "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057",
        " 01890a5d-ac96-774b-bcce-b302099a8057",
        "01890a5d-ac96-774b-bcce-b302099a8057\n",
        "01890a5d-ac96-774b-bcce-b302099a80577",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    assert parse_id(text) is None
