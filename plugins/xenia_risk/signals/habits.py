"""Signals from habits: how often, at which hour, with which kind of browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from xenia.api import Clock, Context, LoginAttempt, Observation, RiskSignal, browser_family, text
from xenia_risk.past import Past

WITHIN = timedelta(minutes=10)
MANY = 10
ENOUGH = 10
"""So many sign-ins make a habit."""
NEAR_HOURS = 2


class Velocity:
    """Many sign-ins in a short while."""

    name = "velocity"

    def __init__(self, past: Past, clock: Clock) -> None:
        self._past = past
        self._clock = clock

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """Rises with each one of the last ten minutes; ten are as much as can be."""
        since = self._clock.now() - WITHIN
        count = sum(one.at > since for one in await self._past.of(context, attempt))
        reason = text("risk.signal.velocity", count=count)
        return Observation(score=min(count / MANY, 1.0), reason=reason, facts={"count": count})


class UnusualHour:
    """An hour of the day at which this person isn't seen, of at least ten sign-ins. Hours of UTC: only their distance counts."""

    name = "unusual_hour"

    def __init__(self, past: Past, clock: Clock) -> None:
        self._past = past
        self._clock = clock

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """0 within two hours of an earlier sign-in's hour, else 1."""
        hours = [one.at.hour for one in await self._past.of(context, attempt)]
        if len(hours) < ENOUGH:
            return None
        now = self._clock.now().hour
        nearest = min(min((now - hour) % 24, (hour - now) % 24) for hour in hours)
        return Observation(
            score=float(nearest > NEAR_HOURS), reason=text("risk.signal.hour"), facts={"hour": now, "nearest": nearest}
        )


class NewKindOfBrowser:
    """A kind of browser, or of system, that this person never used."""

    name = "new_kind_of_browser"

    def __init__(self, past: Past) -> None:
        self._past = past

    async def observe(self, context: Context, attempt: LoginAttempt) -> Observation | None:
        """Nothing without a past."""
        known = {one.family for one in await self._past.of(context, attempt)}
        if not known:
            return None
        family = browser_family(context.source.user_agent)
        reason = text("risk.signal.browser")
        return Observation(score=float(family not in known), reason=reason, facts={"family": family})


if TYPE_CHECKING:

    def _proof(past: Past, clock: Clock) -> tuple[RiskSignal, ...]:
        return Velocity(past, clock), UnusualHour(past, clock), NewKindOfBrowser(past)
