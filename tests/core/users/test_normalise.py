"""One name, one form: what is the same, what isn't, and what is no identifier at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.errors import Invalid
from xenia.users.models import IdentifierKind
from xenia.users.normalise import folded, guess, normalise

EMAIL, PHONE, USERNAME = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.USERNAME


@pytest.mark.parametrize(
    "spelling",
    [
        "ada@acme.example",
        " ADA@Acme.Example ",
        "ada@\uff21\uff23\uff2d\uff25.example",
        "ada@acme。example",
        "\uff21\uff24\uff21@acme.example",
    ],
)
def test_spellings_of_one_address_are_one(spelling: str) -> None:
    try:
        assert normalise(EMAIL, spelling)[1] == "ada@acme.example"
    except Invalid:
        assert not spelling.isascii()  # refused is as safe as folded


def test_an_international_domain_is_compared_as_a_labels() -> None:
    assert normalise(EMAIL, "Ada@MÜNCHEN.de") == ("Ada@münchen.de", "ada@xn--mnchen-3ya.de")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@acme.example",
        "ada@localhost",
        "ada@acme",
        '"ada"@acme.example',
        "ada@acme.example,eve@evil.example",
        "ada@acme.example;eve@evil.example",
        "ada@acme.example\r\nBcc: eve@evil.example",
        "ada\0@acme.example",
        "Ada <ada@acme.example>",
        "ada @acme.example",
        "ada@[127.0.0.1]",
        "a" * 65 + "@acme.example",
        "ada@" + "a" * 300 + ".example",
        "ada\u202e@acme.example",
        "ada\ud800@acme.example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise(EMAIL, typed)


@pytest.mark.parametrize("spelling", ["+49 (30) 901820", "0049-30-901820", "+49.30.901820", "+49/30/901820"])
def test_spellings_of_one_number_are_one(spelling: str) -> None:
    assert normalise(PHONE, spelling) == ("+4930901820", "+4930901820")


@pytest.mark.parametrize(
    "typed", ["030901820", "+0301234567", "+49", "+49x30901820", "+1234567890123456", "+٤٩٣٠٩٠١٨٢٠", ""]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise(PHONE, typed)


@pytest.mark.parametrize("spelling", ["Ada.Love", "ada.love", "\uff21\uff24\uff21.love", "ADA.LOVE"])
def test_spellings_of_one_user_name_are_one(spelling: str) -> None:
    assert normalise(USERNAME, spelling)[1] == "ada.love"


@pytest.mark.parametrize(
    "typed", ["", "a", "a" * 65, "ada@home", "a b", "a\u200bb", "a\u202eb", ".ada", "ada-", "a\0b", "+4930"]
)
def test_what_is_no_user_name_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise(USERNAME, typed)


@given(st.sampled_from(IdentifierKind), st.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form_and_can_be_stored(kind: IdentifierKind, typed: str) -> None:
    try:
        _, normal = normalise(kind, typed)
    except Invalid:
        return
    assert normalise(kind, normal)[1] == normal
    assert normal.encode().isascii() or normal.isprintable()
    assert "\0" not in normal


def test_the_kind_is_guessed_from_what_was_typed() -> None:
    assert [guess(typed) for typed in ("a@b.de", "+4930", "0049 30", "ada")] == [EMAIL, PHONE, PHONE, USERNAME]


def test_words_are_folded_for_search() -> None:
    assert folded("  ADA\t \uff31uillfeather\0 ") == "ada quillfeather"
