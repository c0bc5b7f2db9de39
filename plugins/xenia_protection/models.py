"""What is seen of guesses, and what was found in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The guesses of the last minutes from one network (``""`` = at the whole tenant), but those on known devices.

    ``accounts`` is at how many accounts; ``right`` counts one for each account.
    """

    network: str
    wrong: int = 0
    right: int = 0
    accounts: int = 0

    @property
    def guesses(self) -> int:
        """All of them."""
        return self.wrong + self.right


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An attack that a detector sees, and what it sees it by: numbers that its sentence is made of."""

    detector: str
    network: str
    reasons: dict[str, int]


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """An attack, running or over."""

    id: UUID
    detector: str
    network: str
    reasons: dict[str, int]
    began_at: datetime
    last_at: datetime
    ended_at: datetime | None


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A network from which nobody may guess, until when, and by which finding."""

    network: str
    detector: str
    began_at: datetime
    until: datetime
