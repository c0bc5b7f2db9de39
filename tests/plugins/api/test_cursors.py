"""Cursors: opaque, and only ours."""

from __future__ import annotations

import pytest

from xenia.api import Invalid
from xenia_api.cursors import opaque, place


@pytest.mark.parametrize("where", ["a", "shop", "01980000-0000-7000-8000-000000000001"])
def test_a_cursor_leads_back_to_its_place(where: str) -> None:
    cursor = opaque(where)
    assert cursor is not None
    assert place(cursor) == where
    assert where not in cursor


def test_the_end_has_no_cursor_and_no_cursor_is_the_beginning() -> None:
    assert opaque("") is None
    assert place("") == ""


@pytest.mark.parametrize("odd", ["=", "a", "MQ==", "MR", "AAAA", "w6k", "é", " MQ", "M Q"])
def test_what_we_never_gave_is_refused(odd: str) -> None:
    with pytest.raises(Invalid):
        place(odd)
