"""What an attack looks like in numbers. Each detector is a class of its own, and says by which numbers it found what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xenia_protection.models import Finding, Seen
from xenia_protection.networks import WHOLE
from xenia_protection.settings import ProtectionSettings

MINUTES = 10
"""How far back detectors look."""
FEW_EACH = 3
TENANTS = 10
"""At the whole tenant it takes so many times as much as from one network."""


class Detector(Protocol):
    """One kind of attack. Its sentence is ``protection.detector.<name>``."""

    name: str

    def find(self, seen: Seen, settings: ProtectionSettings) -> Finding | None:
        """What the guesses of the last minutes look like to it."""
        ...


class Stuffing:
    """A list of stolen passwords is tried: many accounts, few guesses at each, most of them wrong."""

    name = "stuffing"

    def find(self, seen: Seen, settings: ProtectionSettings) -> Finding | None:
        """From one network, or, where the list is spread over many, at the whole tenant."""
        least = settings.stuffing_accounts * (TENANTS if seen.network == WHOLE else 1)
        percent = 100 * seen.wrong // max(seen.guesses, 1)
        if not least or seen.accounts < least or percent < settings.stuffing_percent:
            return None
        if seen.wrong > FEW_EACH * seen.accounts:
            return None
        reasons = {"accounts": seen.accounts, "wrong": seen.wrong, "percent": percent}
        return Finding(detector=self.name, network=seen.network, reasons=reasons)


class Hammering:
    """Few accounts are tried again and again, from one network."""

    name = "hammering"

    def find(self, seen: Seen, settings: ProtectionSettings) -> Finding | None:
        """As many wrong guesses as the network may have in all."""
        if seen.network == WHOLE or not settings.network_most or seen.wrong < settings.network_most:
            return None
        reasons = {"accounts": seen.accounts, "wrong": seen.wrong}
        return Finding(detector=self.name, network=seen.network, reasons=reasons)


DETECTORS: Sequence[Detector] = (Stuffing(), Hammering())
