"""How much of a password has to be guessed: words, rows of keys, sequences, years and repetitions come almost for free.

Every character counts one, but a known word or pattern counts :data:`KNOWN` however long it is, and the cheapest reading of the
whole counts. Nothing here asks for signs or digits: composition rules make passwords worse (NIST SP 800-63B-4 section 3.1.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

ENOUGH = 7
KNOWN = 2
SHORTEST = 3
LONGEST = 24

COMMON = frozenset((Path(__file__).parent / "common.txt").read_text("utf-8").split())

_YEAR = re.compile(r"(?:19|20)\d\d")
_LOOKALIKES = str.maketrans("@4301!$57", "aaeoiisst")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "qazwsxedcrfvtgbyhnujm",
    "147258369",
    "!@#$%^&*()",
    '!"§$%&/()=',
)
_RUNS = tuple(row[::step] for row in _ROWS for step in (1, -1))


def effort(password: str, given: Collection[str] = ()) -> int:
    """What is left to guess of ``password`` for somebody who tries common words and the usual patterns first.

    The words in ``given`` count nothing at all: they are known to whoever guesses.

    Counting ends at :data:`ENOUGH`: no reading of the rest makes it cheaper, since every one passes through the last
    ``LONGEST`` places.
    """
    plain = password.lower()
    cheapest = [0] + [len(plain) + 1] * len(plain)
    for start in range(len(plain)):
        if (passed := min(cheapest[max(0, start - LONGEST + 1) : start + 1])) >= ENOUGH:
            return passed
        for end, cost in _readings(plain, start, given):
            cheapest[end] = min(cheapest[end], cheapest[start] + cost)
    return cheapest[-1]


def _readings(plain: str, start: int, given: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where a piece that begins at ``start`` may end, and what it costs."""
    yield start + 1, 1
    for end in range(start + 2, min(len(plain), start + LONGEST) + 1):
        piece = plain[start:end]
        if piece in given:
            yield end, 0
        elif len(piece) >= SHORTEST and piece in plain[:start]:
            yield end, 1
        elif len(piece) >= SHORTEST and _is_known(piece):
            yield end, KNOWN


def _is_known(piece: str) -> bool:
    return (
        piece in COMMON
        or piece.translate(_LOOKALIKES) in COMMON
        or len(set(piece)) == 1
        or _YEAR.fullmatch(piece) is not None
        or any(piece in run for run in _RUNS)
    )
