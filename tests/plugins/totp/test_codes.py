"""The codes of RFC 6238 and what people type."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from xenia_totp.codes import address, clean, code_at, grouped, matching_step, new_secret, step_of

SEED = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_it_agrees_with_the_vectors_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert code_at(SEED, step_of(now)) == code[-6:]
    assert matching_step(SEED, code[-6:], now) == seconds // 30


def test_one_step_before_and_after_will_do_and_no_more() -> None:
    now = datetime.fromtimestamp(1234567890, UTC)
    here = step_of(now)
    near = [matching_step(SEED, code_at(SEED, here + off), now) for off in (-2, -1, 0, 1, 2)]
    assert near == [None, here - 1, here, here + 1, None]


@pytest.mark.parametrize(
    "typed", ["005924", " 005 924 ", "\u0660\u0660\u0665\u0669\u0662\u0664", "\uff10\uff10\uff15\uff19\uff12\uff14"]
)
def test_it_is_read_however_it_was_typed(typed: str) -> None:
    assert matching_step(SEED, typed, datetime.fromtimestamp(1234567890, UTC)) is not None


@pytest.mark.parametrize("typed", ["", "00592", "0059240", "005 92x", "½½½½½½", "²²²²²²", "-05924", "\x00" * 6])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert clean(typed) == ""
    assert matching_step(SEED, typed, datetime.fromtimestamp(1234567890, UTC)) is None


def test_seeds_have_160_bits_and_differ() -> None:
    seeds = {new_secret() for _ in range(100)}
    assert len(seeds) == 100
    assert {len(seed) for seed in seeds} == {32}


def test_the_address_names_issuer_and_account() -> None:
    made = urlsplit(address(SEED, issuer="Ada & Söhne: Käse", account="ada@example.org"))
    assert (made.scheme, made.netloc) == ("otpauth", "totp")
    assert unquote(made.path) == "/Ada & Söhne  Käse:ada@example.org"
    assert parse_qs(made.query) == {"secret": [SEED], "issuer": ["Ada & Söhne  Käse"]}


def test_the_key_is_shown_in_groups_of_four() -> None:
    assert grouped("ABCDEFGHIJ") == "ABCD EFGH IJ"


def test_the_first_steps_of_time_have_no_step_before() -> None:
    start = datetime.fromtimestamp(0, UTC)
    assert matching_step(SEED, code_at(SEED, 0), start) == 0
    assert matching_step(SEED, "000000", start + timedelta(seconds=29)) in (None, 0, 1)
