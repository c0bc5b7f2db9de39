"""The public API is exactly what was agreed, sorted, importable and documented."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import xenia.api

GOLDEN = Path(__file__).with_name("api.txt")
HOW = (
    "The public API changed. That is a decision: write docs/decisions/00NN-*.md (what, why, and how long the old name stays), "
    f"then put the new list into {GOLDEN.relative_to(GOLDEN.parents[2])}, one name a line, sorted."
)
CONSTANTS = {"SYSTEM_TENANT", "Form", "Sentences", "hookimpl", "hookspec", "log"}


def test_the_names_are_the_agreed_ones() -> None:
    agreed = GOLDEN.read_text("utf-8").split()
    added, removed = sorted(set(xenia.api.__all__) - set(agreed)), sorted(set(agreed) - set(xenia.api.__all__))
    assert (added, removed) == ([], []), f"{HOW}\nadded: {added}\nremoved: {removed}"


def test_the_names_are_sorted_as_the_linter_sorts_them() -> None:
    names = xenia.api.__all__
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=lambda name: (_kind(name), name))


def _kind(name: str) -> int:
    """Constants, then classes, then the rest."""
    return 0 if name.isupper() else 1 if name[0].isupper() else 2


@pytest.mark.parametrize("name", xenia.api.__all__)
def test_every_name_can_be_imported_and_says_what_it_is_for(name: str) -> None:
    found = getattr(xenia.api, name)
    if name not in CONSTANTS:
        doc = inspect.getdoc(found) or ""
        assert doc.endswith((".", ":", "``", "?", "|")) or "\n" in doc, f"{name} has no docstring of its own"
        assert not doc.startswith(f"{name}("), f"{name} has a generated docstring only"


def test_nothing_public_comes_in_unannounced() -> None:
    """What the module holds beyond ``__all__`` are modules and the future statement."""
    extra = {
        name
        for name, value in vars(xenia.api).items()
        if not name.startswith("_") and name not in xenia.api.__all__ and not inspect.ismodule(value)
    }
    assert extra <= {"annotations"}
