"""The page of results tells what a run saw, and names only what there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.faults.bars import PROOFS, Proof
from tests.faults.table import page

CODES = PROOFS[0].test


def found(result: dict[str, Any]) -> dict[str, Any]:
    """A run in which one test had this result."""
    return {"date": "2026-11-22", "machine": "2 cores", "results": {CODES: result}}


def row(text: str) -> str:
    """The row of that test among the results."""
    return next(line for line in text.partition("## Last run")[2].splitlines() if CODES.rpartition("/")[2] in line)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.test)
def test_what_is_said_to_show_a_bar_is_there(proof: Proof) -> None:
    path, _, test = proof.test.partition("::")
    assert f"def {test}" in (ROOT / path).read_text("utf-8")


def test_rounds_are_told_and_extrapolated() -> None:
    told = row(page(found({
        "passed": True, "cases": 1, "seconds": 60.0, "rounds": 20, "successes": 20, "refusals": 980, "others": 0,
    })))  # fmt: skip
    assert told.split(" | ")[1:] == ["pass", "1", "20", "20", "980", "0", "60", "10 |"]


def test_a_failure_and_what_was_not_run_are_told() -> None:
    text = page(found({"passed": False, "cases": 1, "seconds": 1.0}))
    assert "**fail**" in row(text)
    assert text.count("not run") == len(PROOFS) - 1
