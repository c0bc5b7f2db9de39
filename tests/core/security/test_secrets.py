"""Secrets: what is not exactly one of ours never reaches the database, and never reaches a log."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.security.secrets import check_secret, digest, joined, keyed_digest, new_secret, redact, same


def test_a_secret_carries_its_kind_and_is_known_by_its_digest() -> None:
    secret = new_secret("rt")
    assert secret.startswith("xrt_")
    assert len(secret) == 4 + 43 + 6
    assert secret.isascii()
    assert check_secret("rt", secret) == hashlib.sha256(secret.encode()).digest()


def test_secrets_differ() -> None:
    assert len({new_secret("rt") for _ in range(1000)}) == 1000


def test_a_secret_of_one_kind_is_none_of_another() -> None:
    assert check_secret("at", new_secret("rt")) is None


def test_every_character_is_about_as_likely_as_any_other() -> None:
    drawn = Counter("".join(new_secret("rt")[4:47] for _ in range(4000)))
    expected = 4000 * 43 / 62
    assert len(drawn) == 62
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < 140  # chi-squared, 61 degrees


def test_a_short_draw_is_filled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([b"\xff" * 64, b"\xff" * 60 + b"abcd", bytes(64)])
    monkeypatch.setattr("secrets.token_bytes", lambda _: next(draws))
    assert len(new_secret("rt")) == 53


@pytest.mark.parametrize("kind", ["", "RT", "r t", "9", "é", "a" * 33, "rt\n"])
def test_a_kind_is_a_short_word(kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        new_secret(kind)


def test_every_single_flipped_bit_is_noticed() -> None:
    secret = new_secret("rt")
    for place, character in enumerate(secret):
        for bit in range(7):
            flipped = secret[:place] + chr(ord(character) ^ (1 << bit)) + secret[place + 1 :]
            assert check_secret("rt", flipped) is None


def test_every_cut_and_every_extension_is_noticed() -> None:
    secret = new_secret("rt")
    assert all(check_secret("rt", secret[:length]) is None for length in range(len(secret)))
    assert all(check_secret("rt", secret + more) is None for more in ("0", "\0", " ", "\n", secret))
    assert check_secret("rt", " " + secret) is None


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_no_text_makes_the_check_raise(text: str) -> None:
    assert check_secret("rt", text) is None
    assert check_secret("rt", "xrt_" + text) is None


def test_lookalike_characters_are_refused() -> None:
    secret = new_secret("rt")
    fullwidth = chr(ord(secret[10]) + 0xFEE0)
    assert check_secret("rt", secret[:10] + fullwidth + secret[11:]) is None


def test_a_keyed_digest_depends_on_key_purpose_and_parts() -> None:
    digests = {
        keyed_digest(b"k" * 32, "code", "ab", "c"),
        keyed_digest(b"k" * 32, "code", "a", "bc"),
        keyed_digest(b"k" * 32, "code", "abc"),
        keyed_digest(b"k" * 32, "codea", "b", "c"),
        keyed_digest(b"k" * 32, "limit", "ab", "c"),
        keyed_digest(b"K" * 32, "code", "ab", "c"),
    }
    assert len(digests) == 6


@settings(max_examples=100)
@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_joined_texts_are_equal_only_if_their_parts_are(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)


def test_comparison_takes_text_and_bytes() -> None:
    assert same("é", "é".encode())
    assert same(b"a", b"a")
    assert not same("a", "ab")
    assert not same("\ud800", "a")


def test_a_log_never_shows_a_secret() -> None:
    secret = new_secret("rt")
    line = redact(f"refresh {secret} failed")
    assert secret[4:] not in line
    assert line == f"refresh xrt_[{digest(secret).hex()[:8]}] failed"


def test_a_log_shows_neither_a_cut_secret_nor_a_token_nor_a_password() -> None:
    assert "abcdef" not in redact("code=xac_" + "abcdef" * 5)
    assert redact("got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!") == "got [jwt]!"
    assert redact("Authorization: Basic dXNlcjpwYXNzd29yZA==") == "Authorization: Basic [removed]"


def test_a_log_line_stays_one_line() -> None:
    assert redact("a\r\nlevel=admin\x1b[2J\u202e") == "a\\u000d\\u000alevel=admin\\u001b[2J\\u202e"
