"""Numbers are read in any spelling, and only those that a message reaches at an ordinary price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plugins.sms.conftest import NUMBER
from xenia_sms.numbers import read


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        " +49 176 0406 9000 ",
        "+49 (0)176 04069000",
        "0049 176 04069000",
        "0176/0406-9000",
        "+49.176.04069000",
        "\uff0b\uff14\uff19\uff11\uff17\uff16\uff10\uff14\uff10\uff16\uff19\uff10\uff10\uff10",
        "+49\u00a0176\u00a004069000",
    ],
)
def test_one_number_has_one_form_however_it_is_typed(typed: str) -> None:
    found = read(typed, "DE")
    assert found
    assert (found.e164, found.country, found.shown) == (NUMBER, "DE", "+49 ••• 000")


def test_countries_that_share_a_code_are_told_apart() -> None:
    codes = {"+12025550123": "US", "+14165550123": "CA", "+18765550123": "JM", "+12423570123": "BS"}
    assert {e164: found.country for e164 in codes if (found := read(e164))} == codes


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "0176 04069000",
        "+4930123456",
        "+447020123456",
        "+4990012345678",
        "+18002255288",
        "+19002345678",
        "+881612345678",
        "112",
        "+1-800-FLOWERS",
        "+4917604069000 ext 5",
        "+4917604069000;ext=5",
        "+4917604069000;phone-context=evil.example",
        "tel:+4917604069000",
        "+4917604069000,,1",
        "+4917604069000\n+19002345678",
        "+49176040690001234567890",
        "+" + "4" * 5000,
        "' OR 1=1 --",
        "\x00",
    ],
)
def test_what_is_no_mobile_number_is_none(typed: str) -> None:
    assert read(typed) is None


@given(typed=st.text(max_size=60), country=st.sampled_from(["", "DE", "US", "ZZ"]))
def test_nothing_that_is_typed_does_harm(typed: str, country: str) -> None:
    found = read(typed, country)
    assert found is None or read(found.e164) == found
