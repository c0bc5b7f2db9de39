"""The page in docs/reference says of every module what came of it."""

from __future__ import annotations

import os

import pytest

from tests.conformance import defects, modules
from tests.conformance.conftest import RESULTS
from tests.conformance.defects.registry import DEFECTS
from tests.conformance.registry import MODULES
from tests.conformance.table import PAGE, page

assert defects.__all__
assert modules.__all__


in_parts = pytest.mark.skipif(RESULTS in os.environ, reason="a whole run writes the page when it is over")


@in_parts
def test_the_page_lists_every_module_and_every_planted_defect() -> None:
    rows = {line.split("|")[1].strip(): line for line in PAGE.read_text().splitlines() if line.startswith("| `")}
    assert set(rows) == {f"`{name}`" for name in MODULES}
    missing = [defect.wrong for defect in DEFECTS if defect.wrong not in rows[f"`{defect.module}`"]]
    assert not missing


@in_parts
def test_the_page_names_no_failure() -> None:
    assert "**fail**" not in PAGE.read_text()
    assert "**not noticed:**" not in PAGE.read_text()


def test_what_failed_in_one_plan_has_failed() -> None:
    results = {
        "xenia basic oidcc-server": "pass",
        "xenia formpost-basic oidcc-server": "fail",
        "oidc-provider basic oidcc-server": "pass",
        "oidc-provider formpost-basic oidcc-server": "pass",
    }
    row = next(line for line in page(results, "2026-11-22").splitlines() if line.startswith("| `oidcc-server` "))
    assert "| **fail** | pass | **not noticed:**" in row
