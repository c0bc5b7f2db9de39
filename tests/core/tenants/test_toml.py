"""What is written as TOML is read back as it was."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.tenants.toml import dump

_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_plain = st.one_of(_words, st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False))
_tables = st.recursive(
    st.dictionaries(_words, _plain, max_size=4),
    lambda inner: st.dictionaries(_words, st.one_of(_plain, st.lists(_plain), inner, st.lists(inner)), max_size=4),
    max_leaves=10,
)


@settings(max_examples=50)
@given(_tables)
def test_a_document_comes_back(document: dict[str, Any]) -> None:
    assert tomllib.loads(dump(document)) == document


def test_a_reference_stays_in_its_line() -> None:
    assert dump({"a": {"secret": {"env": "NAME"}, "b": {}}}) == '[a]\nsecret = { env = "NAME" }\n\n[a.b]\n'


def test_what_toml_has_no_form_for_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        dump({"a": None})
