"""Signals from where a request comes: the country, the provider, and how fast one would have had to travel."""

from __future__ import annotations

from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from xenia.api import Clock, Context, LoginAttempt, Observation, RiskSignal, text
from xenia_risk.past import Past, PastSignIn
from xenia_risk.places import Place

EARTH_KM = 6371.0
NEAR_KM = 300.0
"""Files of places err by as much."""
FASTEST_KMH = 900.0


class NewCountry:
    """A country from which this person never signed in."""

    name = "new_country"

    def __init__(self, past: Past) -> None:
        self._past = past

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """Nothing without a place or without a past."""
        here = self._past.place(context).country
        known = {one.country for one in await self._past.of(context, attempt)} - {""}
        if not here or not known:
            return None
        return Observation(
            score=float(here not in known),
            reason=text("risk.signal.country", country=here),
            facts={"country": here, "known": len(known)},
        )


class NewProvider:
    """A network operator (autonomous system) that this person never used."""

    name = "new_provider"

    def __init__(self, past: Past) -> None:
        self._past = past

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """Nothing without a provider or without a past."""
        here = self._past.place(context).provider
        known = {one.provider for one in await self._past.of(context, attempt)} - {None}
        if here is None or not known:
            return None
        return Observation(
            score=float(here not in known), reason=text("risk.signal.provider"), facts={"provider": here}
        )


class ImpossibleTravel:
    """Nobody gets here from the last sign-in in that time."""

    name = "impossible_travel"

    def __init__(self, past: Past, clock: Clock) -> None:
        self._past = past
        self._clock = clock

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """0 within the reach of an airliner, 1 beyond it."""
        here = self._past.place(context)
        last = next((one for one in await self._past.of(context, attempt) if one.latitude is not None), None)
        if last is None or (away := _distance(here, last)) is None:
            return None
        needed = _kmh(away, last.at, self._clock.now())
        too_fast = away > NEAR_KM and needed > FASTEST_KMH
        facts: dict[str, str | int | float | bool] = {"km": round(away), "kmh": round(min(needed, 1e6))}
        return Observation(score=float(too_fast), reason=text("risk.signal.travel", km=round(away)), facts=facts)


def _kmh(km: float, since: datetime, now: datetime) -> float:
    hours = max((now - since).total_seconds(), 1.0) / 3600
    return km / hours


def _distance(here: Place, there: PastSignIn) -> float | None:
    """Along a great circle, in kilometres (the haversine formula)."""
    if here.latitude is None or here.longitude is None or there.latitude is None or there.longitude is None:
        return None
    a, b = radians(here.latitude), radians(there.latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(there.longitude - here.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(sqrt(half), 1.0))


if TYPE_CHECKING:

    def _proof(past: Past, clock: Clock) -> tuple[RiskSignal, ...]:
        return NewCountry(past), NewProvider(past), ImpossibleTravel(past, clock)
