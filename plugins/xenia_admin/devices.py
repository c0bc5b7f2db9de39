"""A device as a table's cell shows it."""

from __future__ import annotations

from xenia.api import device_of


def device(user_agent: str) -> str:
    """``Firefox · Linux``; what can't be guessed is shown as it is, cut short."""
    return device_of(user_agent)[0] or user_agent[:60] or "–"
