"""A request from another site is refused, whatever it carries."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.security.csrf import Csrf, check_origin

OWN = "https://login.acme.example"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "get"])
def test_safe_methods_pass(method: str) -> None:
    assert check_origin(method, {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, OWN)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", ""])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": OWN},
        {"sec-fetch-site": "same-origin", "origin": OWN},
        {"sec-fetch-site": "same-origin", "origin": "null"},
    ],
)
def test_our_own_pages_pass(method: str, headers: dict[str, str]) -> None:
    assert check_origin(method, headers, OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"sec-fetch-site": "SAME-ORIGIN, cross-site"},
        {"sec-fetch-site": "cross-site", "origin": OWN},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": ""},
        {"origin": "http://login.acme.example"},
        {"origin": OWN + ":8443"},
        {"origin": OWN + "/"},
        {"origin": OWN + ".evil.example"},
        {"origin": "https://LOGIN.acme.example"},
        {"origin": f"{OWN}, https://evil.example"},
    ],
)
def test_other_pages_are_refused_even_with_a_token(headers: dict[str, str]) -> None:
    assert not check_origin("POST", headers, OWN)
    assert not check_origin("POST", headers, OWN, token_valid=True)


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}])
def test_without_evidence_the_token_decides(headers: dict[str, str]) -> None:
    assert not check_origin("POST", headers, OWN)
    assert check_origin("POST", headers, OWN, token_valid=True)


def test_a_token_is_valid_for_what_it_was_bound_to() -> None:
    csrf = Csrf(b"k" * 32)
    token = csrf.token("session-1")
    assert csrf.valid("session-1", token)
    assert not csrf.valid("session-2", token)
    assert not csrf.valid("", token)
    assert not Csrf(b"j" * 32).valid("session-1", token)


def test_a_token_looks_different_in_every_response() -> None:
    csrf = Csrf(b"k" * 32)
    assert len({csrf.token("session-1") for _ in range(100)}) == 100


def test_every_altered_character_is_noticed() -> None:
    csrf = Csrf(b"k" * 32)
    token = csrf.token("s")
    # The last character of 64 octets in base64 carries four bits that no octet uses.
    for place in range(len(token) - 1):
        other = "A" if token[place] != "A" else "B"
        assert not csrf.valid("s", token[:place] + other + token[place + 1 :])


@settings(max_examples=100)
@given(st.text(max_size=100))
def test_no_text_makes_the_check_raise(token: str) -> None:
    assert not Csrf(b"k" * 32).valid("s", token)


def test_no_token_and_an_all_zero_token_are_invalid() -> None:
    assert not Csrf(b"k" * 32).valid("s", None)
    assert not Csrf(b"k" * 32).valid("s", "A" * 86)
