"""The sixteen pictures of the grid, and how a sequence of them is written."""

from __future__ import annotations

from collections.abc import Sequence

NAMES = (
    "apple", "boat", "cat", "star",
    "tree", "key", "moon", "fish",
    "bell", "house", "sun", "leaf",
    "car", "bird", "cup", "book",
)  # fmt: skip
SIGNS = "🍎⛵🐈⭐🌳🔑🌙🐟🔔🏠☀🍂🚗🐦☕📖"
COLUMNS = 4
FEWEST, MOST = 4, 12


def added(picked: Sequence[str], name: str) -> list[str]:
    """The sequence with one more picture; an unknown one, or one too many, changes nothing."""
    if name not in NAMES or len(picked) >= MOST:
        return list(picked)
    return [*picked, name]


def is_long_enough(picked: Sequence[str]) -> bool:
    """Whether the sequence has the pictures that a PIN needs."""
    return len(picked) >= FEWEST


def written(picked: Sequence[str]) -> str:
    """The sequence as the text that is hashed."""
    return "-".join(picked)
