"""Cursors: opaque, and only ours."""

from __future__ import annotations

import pytest

from xenia.api import Invalid, cursor
from xenia.management.cursors import place_of


@pytest.mark.parametrize("where", ["a", "shop", "01980000-0000-7000-8000-000000000001"])
def test_a_cursor_leads_back_to_its_place(where: str) -> None:
    given = cursor(where)
    assert given is not None
    assert place_of(given) == where
    assert where not in given


def test_the_end_has_no_cursor_and_no_cursor_is_the_beginning() -> None:
    assert cursor("") is None
    assert place_of("") == ""


@pytest.mark.parametrize("odd", ["=", "a", "MQ==", "MR", "AAAA", "w6k", "é", " MQ", "M Q"])
def test_what_we_never_gave_is_refused(odd: str) -> None:
    with pytest.raises(Invalid):
        place_of(odd)
