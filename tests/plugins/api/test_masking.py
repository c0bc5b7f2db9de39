"""Secrets by name in opaque objects: what is shown, and what a blank keeps."""

from __future__ import annotations

import pytest

from xenia.api import Invalid
from xenia_api.masking import MASK, masked, unmasked


def test_secrets_are_masked_by_name_at_any_depth() -> None:
    value = {"client_secret": "a", "keys": [{"private_key": "b", "kid": "c"}], "token": "d", "secret": ["e"]}
    assert masked(value) == {
        "client_secret": MASK,
        "keys": [{"private_key": MASK, "kid": "c"}],
        "token": MASK,
        "secret": [MASK],
    }


def test_what_only_sounds_like_a_secret_is_shown() -> None:
    value = {"token_endpoint_auth_method": "none", "require_password": True, "password": "", "secretary": "Ada"}
    assert masked(value) == value


@pytest.mark.parametrize("blank", [MASK, ""])
def test_a_blank_keeps_what_is_stored_in_the_same_place(blank: str) -> None:
    old = {"a": {"client_secret": "old"}, "client_secret": "other"}
    assert unmasked({"a": {"client_secret": blank}}, old) == {"a": {"client_secret": "old"}}


def test_a_new_secret_replaces_the_stored_one() -> None:
    assert unmasked({"client_secret": "new"}, {"client_secret": "old"}) == {"client_secret": "new"}


def test_what_is_shown_may_be_sent_back_as_it_is() -> None:
    old = {"x": {"client_secret": "old", "uris": ["https://a.example"]}, "y": {"token": ""}}
    assert unmasked(masked(old), old) == old


@pytest.mark.parametrize("new", [{"client_secret": MASK}, {"keys": [{"private_key": MASK}]}, {"secret": [MASK]}])
def test_a_mask_that_stands_for_nothing_is_refused(new: object) -> None:
    with pytest.raises(Invalid):
        unmasked(new, {"keys": [{"private_key": "old"}], "secret": ["old"]})
