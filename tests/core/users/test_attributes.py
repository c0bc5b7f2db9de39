"""Attributes: the standard claims, what a tenant adds, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from xenia.errors import Invalid
from xenia.users.attributes import merge

from .conftest import ATTRIBUTES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("given_name", "Ada"),
        ("birthdate", "1815-12-10"),
        ("birthdate", "0000-12-10"),
        ("website", "https://ada.example"),
        ("address", {"locality": "London", "street_address": "12 St James's Square\nLondon"}),
        ("points", 12.5),
        ("tags", ["red", "blue"]),
        ("member_since", "2020-02-29"),
        ("vip", False),
        ("shirt", "XL"),
    ],
)
def test_a_fitting_value_is_kept(name: str, value: Any) -> None:
    assert merge({}, {name: value}, ATTRIBUTES) == ({name: value}, [name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unheard_of", "x"),
        ("email", "ada@acme.example"),
        ("given_name", 5),
        ("given_name", "x" * 101),
        ("given_name", "a\0b"),
        ("given_name", "\ud800"),
        ("birthdate", "10.12.1815"),
        ("website", "javascript:alert(1)"),
        ("address", "London"),
        ("address", {"planet": "Earth"}),
        ("points", "12"),
        ("points", True),
        ("points", float("nan")),
        ("points", float("inf")),
        ("tags", "red"),
        ("tags", ["too long"]),
        ("tags", ["x"] * 101),
        ("member_since", "2021-02-29"),
        ("member_since", None),
        ("vip", 1),
        ("shirt", "XXXL"),
    ],
)
def test_any_other_value_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        merge({}, {name: value}, ATTRIBUTES)
    assert caught.value.fields.keys() == {f"attributes.{name}"}


def test_a_change_says_what_differs() -> None:
    assert merge({"name": "Ada", "vip": True}, {"name": "Ada", "vip": None, "shirt": None}, ATTRIBUTES) == (
        {"name": "Ada"},
        ["vip"],
    )
