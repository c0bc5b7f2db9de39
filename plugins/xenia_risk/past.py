"""Where and with what a person signed in before."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import msgspec

from xenia.api import Context, Host, LoginAttempt
from xenia_risk import tables
from xenia_risk.places import Place, Shelf

REMEMBERED = 256


class PastSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in of before."""

    at: datetime
    country: str
    provider: int | None
    latitude: float | None
    longitude: float | None
    family: str


class Past:
    """The past of people, newest first. All signals of one sign-in share one look."""

    def __init__(self, host: Host, shelf: Shelf) -> None:
        self._host = host
        self._shelf = shelf
        self._looks: OrderedDict[tuple[str, UUID, UUID], tuple[PastSignIn, ...]] = OrderedDict()

    def place(self, context: Context) -> Place:
        """Where the request comes from."""
        return self._shelf.place(context.source.address)

    async def of(self, context: Context, attempt: LoginAttempt) -> tuple[PastSignIn, ...]:
        """Of the person who signs in. A journey asked about twice has the same past."""
        if attempt.journey is None:
            return await self._read(context, attempt.user_id)
        key = (context.tenant, attempt.user_id, attempt.journey)
        if key not in self._looks:
            self._looks[key] = await self._read(context, attempt.user_id)
            while len(self._looks) > REMEMBERED:
                self._looks.popitem(last=False)
        return self._looks[key]

    async def _read(self, context: Context, user_id: UUID) -> tuple[PastSignIn, ...]:
        rows = await self._host.tables(context).fetch(tables.PAST, context.tenant, user_id)
        return tuple(PastSignIn(**row) for row in rows)

    async def remember(
        self, context: Context, user_id: UUID, event: UUID, at: datetime, address: str, family: str
    ) -> None:
        """A sign-in happened. The same event twice changes nothing."""
        place = self._shelf.place(address)
        row = (event, at, place.country, place.provider, place.latitude, place.longitude, family)
        async with self._host.transaction(), self._host.store(context) as store:
            await store.execute(tables.REMEMBER, context.tenant, user_id, *row)
            await store.execute(tables.FORGET_OLDER, context.tenant, user_id)
