"""The lock of a code (RFC 7636), with the vector of its appendix B."""

from __future__ import annotations

import pytest

from xenia_oidc.token.authorization_code import is_unlocked

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_standards_own_example_opens() -> None:
    assert is_unlocked(CHALLENGE, VERIFIER)


@pytest.mark.parametrize(
    ("challenge", "verifier"),
    [(CHALLENGE, ""), ("", VERIFIER), (CHALLENGE, VERIFIER[:-1] + "l"), (CHALLENGE, CHALLENGE), (CHALLENGE, "short")],
)
def test_one_without_the_other_or_a_wrong_one_does_not(challenge: str, verifier: str) -> None:
    assert not is_unlocked(challenge, verifier)


def test_neither_opens_a_code_that_was_never_locked() -> None:
    assert is_unlocked("", "")
