"""A blank secret is kept for the entry that it belongs to, and for no other destination."""

from __future__ import annotations

from typing import Any

import pytest

from xenia.errors import Invalid
from xenia.settings_values import Secret
from xenia.tenants.secrets import kept

A, B, BLANK = Secret("a"), Secret("b"), Secret()


def entry(name: str, secret: Secret, url: str = "https://one.example") -> dict[str, Any]:
    return {"name": name, "url": url, "secret": secret}


def test_a_blank_secret_is_kept() -> None:
    assert kept({"key": BLANK, "size": 2}, {"key": A, "size": 1}) == {"key": A, "size": 2}


def test_a_secret_that_was_never_set_stays_blank() -> None:
    assert kept({"key": BLANK, "url": "https://b.example"}, {"key": "", "url": "https://a.example"})["key"] == ""


def test_entries_are_found_again_by_their_name_wherever_they_stand() -> None:
    stored = [entry("one", A), entry("two", B)]
    assert kept([entry("two", BLANK), entry("one", BLANK)], stored) == [entry("two", B), entry("one", A)]


def test_removing_an_entry_gives_its_secret_to_nobody() -> None:
    assert kept([entry("two", BLANK)], [entry("one", A), entry("two", B)]) == [entry("two", B)]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("url", "https://a.example", "https://b.example"),
        ("smtp_host", "a.example", "b.example"),
        ("port", 465, 25),
        ("issuer", "https://a.example", ""),
        ("endpoint", "", "https://b.example"),
        ("anywhere", "https://a.example", "https://b.example"),
    ],
)
def test_a_secret_whose_destination_changes_is_asked_for(name: str, before: object, after: object) -> None:
    with pytest.raises(Invalid) as caught:
        kept({"key": BLANK, name: after}, {"key": A, name: before})
    assert caught.value.fields.keys() == {"key"}
    assert kept({"key": B, name: after}, {"key": A, name: before}) == {"key": B, name: after}


def test_a_destination_above_counts_too() -> None:
    with pytest.raises(Invalid) as caught:
        kept({"url": "https://b.example", "auth": {"key": BLANK}}, {"url": "https://a.example", "auth": {"key": A}})
    assert caught.value.fields.keys() == {"auth.key"}


def test_an_entry_that_goes_elsewhere_under_its_old_name_is_asked_for() -> None:
    with pytest.raises(Invalid) as caught:
        kept([entry("one", BLANK, "https://evil.example"), entry("two", BLANK)], [entry("one", A), entry("two", B)])
    assert caught.value.fields.keys() == {"[0].secret"}


def test_an_entry_that_nobody_knows_is_asked_for_while_another_is_missing() -> None:
    with pytest.raises(Invalid):
        kept([entry("other", BLANK)], [entry("one", A)])
    assert kept([entry("one", BLANK), entry("new", BLANK)], [entry("one", A)])[1]["secret"] == ""


def test_a_blank_among_bare_secrets_belongs_to_none() -> None:
    with pytest.raises(Invalid):
        kept([BLANK, B], [A])
    assert kept([B], [A]) == [B]


def test_entries_of_a_table_are_found_by_their_name_in_it() -> None:
    assert kept({"b": {"key": BLANK}}, {"a": {"key": A}, "b": {"key": B}}) == {"b": {"key": B}}
    assert kept({"c": {"key": BLANK}}, {"a": {"key": A}}) == {"c": {"key": ""}}
