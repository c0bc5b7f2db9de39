"""The bytes that are hashed are exact, so that somebody else's verifier agrees."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from xenia.events import canonical

# The example of RFC 6962 section 2.1.1 in the vectors of its reference implementation: seven leaves and the root over all of them.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
ROOT = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"


def _hashed(leaf: str) -> bytes:
    return hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest()


def test_the_tree_is_that_of_rfc_6962() -> None:
    assert canonical.root([_hashed(leaf) for leaf in LEAVES]).hex() == ROOT


def test_a_tree_of_one_leaf_is_the_leaf() -> None:
    assert canonical.root([b"x" * 32]) == b"x" * 32


def test_a_time_is_hashed_in_utc_with_six_digits() -> None:
    there = datetime(2026, 11, 22, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    assert canonical.moment(there) == "2026-11-22T09:30:00.000000+00:00"
    assert canonical.moment(datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC)).endswith("00.000005+00:00")


@given(
    st.dictionaries(st.sampled_from(canonical.COLUMNS), st.text()),
    st.dictionaries(st.sampled_from(canonical.COLUMNS), st.text()),
)
def test_two_different_rows_never_feed_the_same_bytes(one: dict[str, str], other: dict[str, str]) -> None:
    full_one, full_other = ({name: row.get(name, "") for name in canonical.COLUMNS} for row in (one, other))
    assert (canonical.leaf(full_one) == canonical.leaf(full_other)) is (full_one == full_other)
