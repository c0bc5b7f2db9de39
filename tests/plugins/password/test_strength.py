"""What is easy to guess, and what isn't."""

from __future__ import annotations

import pytest

from xenia_password.strength import COMMON, ENOUGH, effort


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password123456789",
        "P@ssw0rd2024!!!",
        "Summer2024!",
        "iloveyouiloveyouiloveyou",
        "qwertyuiopasdfghjkl",
        "1q2w3e4r5t6z7u8i",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "9876543210987654321",
        "k7k7k7k7k7k7k7k7",
        "dragon monkey",
        "",
    ],
)
def test_what_everybody_tries_first_is_little_effort(password: str) -> None:
    assert effort(password) < ENOUGH


@pytest.mark.parametrize(
    "password",
    [
        "x9Tq!mZ2",
        "violet ladders hum quietly",
        "Grüße an den Mond",
        "馬が好きです毎日散歩",
        "correct horse battery staple",
    ],
)
def test_what_nobody_would_think_of_is_enough(password: str) -> None:
    assert effort(password) >= ENOUGH


def dressed(word: str) -> set[str]:
    """A word as people make a password of it."""
    return {word, f"{word}123", f"{word}1!", f"{word.capitalize()}2024", f"{word}12345678", word * 2}


def test_far_more_than_the_first_three_thousand_that_fit_the_policy_are_refused() -> None:
    """OWASP ASVS 6.2.4 asks for the top 3,000 passwords that match the policy: here those of eight characters and more."""
    assert len(COMMON) > 5000
    fitting = {password for word in COMMON for password in dressed(word) if len(password) >= 8}
    assert len(fitting) > 20_000
    assert [password for password in sorted(fitting)[::7] if effort(password) >= ENOUGH] == []


def test_known_words_are_cheap_only_to_whoever_knows_them() -> None:
    assert effort("acme-byron-acme-byron") >= ENOUGH
    assert effort("acme-byron-acme-byron", {"acme", "byron"}) < ENOUGH


def test_the_longest_password_is_judged_at_once() -> None:
    assert effort("violet ladders hum " * 50) >= ENOUGH
