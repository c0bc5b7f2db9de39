"""The limits by network and by tenant: places that are taken before a guess is looked at, exactly, by the core's counters.

Each of the two has places that are free, and beyond them as many as there may be. What turns out right, or wasn't guessed, gives its places back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from xenia.api import Context, Host, Limit, Reservation, looked_at
from xenia_protection.networks import WHOLE
from xenia_protection.settings import ProtectionSettings


class Place(msgspec.Struct, frozen=True):
    """A limit, and whom it counts."""

    limit: Limit
    key: str


class Taken(msgspec.Struct, frozen=True):
    """What was taken for a guess. ``pressed``: none was free, so that something comes first. ``wait``: there was none at all."""

    places: tuple[Place, ...] = ()
    pressed: bool = False
    wait: int = 0


class Places:
    """Takes them and gives them back."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def take(self, context: Context, settings: ProtectionSettings, network: str) -> Taken:
        """A place for one guess, among all and, where there is one left, among the free."""
        taken: list[Place] = []
        for place in _most(settings, network):
            found = await self._host.limits.reserve(context.tenant, place.limit, place.key)
            if not isinstance(found, Reservation):
                await self.give_back(context, taken)
                return Taken(wait=found.retry_after)
            taken.append(place)
        free = _free(settings, network)
        mine = [place for place in free if await self._has_place(context, place)]
        return Taken((*taken, *mine), pressed=len(mine) < len(free))

    async def give_back(self, context: Context, places: Iterable[Place]) -> None:
        """They weren't needed."""
        for place in places:
            await self._host.limits.give_back(context.tenant, place.limit, place.key)

    async def is_pressed(self, context: Context, settings: ProtectionSettings, network: str) -> bool:
        """Whether no place is free now: for a page, which asks early what ``take`` decides."""
        return await looked_at(
            ("protection", context.tenant, network), lambda: self._is_pressed(context, settings, network)
        )

    async def _is_pressed(self, context: Context, settings: ProtectionSettings, network: str) -> bool:
        for place in _free(settings, network):
            if await self._host.limits.taken(context.tenant, place.limit, place.key) >= place.limit.max:
                return True
        return False

    async def _has_place(self, context: Context, place: Place) -> bool:
        return isinstance(await self._host.limits.reserve(context.tenant, place.limit, place.key), Reservation)


def _free(settings: ProtectionSettings, network: str) -> list[Place]:
    window = timedelta(minutes=settings.window_minutes)
    return [
        Place(Limit("protection.network.free", settings.network_free, window), network),
        Place(Limit("protection.tenant.free", settings.tenant_free, window), WHOLE),
    ]


def _most(settings: ProtectionSettings, network: str) -> list[Place]:
    window = timedelta(minutes=settings.window_minutes)
    places = [
        Place(Limit("protection.network", settings.network_most, window), network),
        Place(Limit("protection.tenant", settings.tenant_most, window), WHOLE),
    ]
    return [place for place in places if place.limit.max]
