"""The proof of work: a number that, after the challenge, makes a SHA-256 with so many leading zero bits (Dwork and Naor 1992; Back 2002).

A challenge is filled up to one block of the hash, so that a solver computes that block once and one more for each try.
"""

from __future__ import annotations

import hashlib
import re

BLOCK = 64
GROWTH = 5
_NUMBER = re.compile(r"[0-9]{1,16}", re.ASCII)


def leading_zeros(digest: bytes) -> int:
    """How many bits of a digest are zero before the first one."""
    return 8 * len(digest) - int.from_bytes(digest, "big").bit_length()


def work_in(challenge: str, answer: str) -> int:
    """The bits of work that an answer shows; 0 for what is no number."""
    if not _NUMBER.fullmatch(answer):
        return 0
    return leading_zeros(hashlib.sha256((challenge.ljust(BLOCK, ".") + answer).encode()).digest())


def growth(wrong: int, free: int) -> int:
    """How often everything doubles: once for each doubling of what was wrong beyond what is free, up to a bound that a phone can bear."""
    return min(GROWTH, max(0, (wrong // max(free, 1)).bit_length() - 1))
