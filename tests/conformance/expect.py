"""How a module says that a provider is wrong."""

from __future__ import annotations


class NotConforming(AssertionError):
    """The provider did what the standard forbids, or didn't do what it demands; the message says which."""


def expect(holds: object, otherwise: str) -> None:
    """Raise :class:`NotConforming` with the sentence ``otherwise`` unless it holds."""
    if not holds:
        raise NotConforming(otherwise)
