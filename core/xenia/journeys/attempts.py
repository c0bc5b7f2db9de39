"""Attempts at a proof: counted before anything is judged, on the account, for every method and every path together."""

from __future__ import annotations

import math
from datetime import timedelta

import msgspec

from xenia.context import Context
from xenia.errors import RequestRefused, TooMany
from xenia.journeys.models import Admission, Journey
from xenia.journeys.offering import Offering
from xenia.log import log
from xenia.security.limits import Limit, Limits, Refused, Shield
from xenia.tenants.models import SignInSettings
from xenia.users.normalise import normalise

FROM_ONE_SOURCE = 100
SECONDS = 900


class Attempts:
    """Takes a place for each attempt. A plugin may say that some are counted apart (a device that the person is known to use).

    One source has places of its own, for whoever tries a list of stolen passwords at many accounts: kept in the process,
    and given back for what was right.
    """

    def __init__(self, offering: Offering, limits: Limits, shield: Shield | None = None) -> None:
        self._offering = offering
        self._limits = limits
        self._shield = shield or Shield(FROM_ONE_SOURCE / SECONDS, FROM_ONE_SOURCE)

    async def admitted(self, context: Context, journey: Journey) -> Admission:
        """What plugins say of a guess before it is counted. Raises ``TooMany``, in the same words as the house's own limits."""
        admission = await self._offering.admission(context, journey)
        if admission.wait:
            log.info("attempt_not_admitted", tenant=context.tenant)
            raise TooMany(admission.wait)
        return admission

    async def count(self, context: Context, journey: Journey) -> Journey:
        """Take a place; the journey remembers in which count. Raises ``TooMany``."""
        if wait := self._shield.wait(context.source.address):
            log.info("source_exhausted", tenant=context.tenant)
            raise TooMany(math.ceil(wait))
        apart = await self._offering.counted_as(context, journey)
        journey = msgspec.structs.replace(journey, counted_as=apart)
        place = await self._limits.reserve(context.tenant, await self._limit(context), _key(journey))
        if isinstance(place, Refused):
            log.info("attempts_exhausted", tenant=context.tenant)
            raise TooMany(place.retry_after)
        return journey

    async def give_back(self, context: Context, journey: Journey) -> None:
        """It was no guess after all."""
        self._shield.give_back(context.source.address)
        await self._limits.give_back(context.tenant, await self._limit(context), _key(journey))

    def was_right(self, context: Context) -> None:
        """It was right, so its source has its place back: one for one, however the journey ends. What was enrolled on the way, or shown
        to a session before, took none.
        """
        self._shield.give_back(context.source.address)

    async def forget(self, context: Context, journey: Journey) -> None:
        """The person got in: what was counted where they were counted is forgotten; what strangers got wrong elsewhere isn't."""
        await self._limits.clear(context.tenant, await self._limit(context), _key(journey))

    async def _limit(self, context: Context) -> Limit:
        return attempts_limit(await self._offering.sign_in_settings(context))


def attempts_limit(settings: SignInSettings) -> Limit:
    """Attempts on every factor and every path share this one."""
    return Limit("attempts", settings.attempts, timedelta(seconds=settings.attempts_window_seconds))


def account_key(journey: Journey) -> str:
    """Whose attempts these are: the account's, however it was spelled. An unknown one is counted by its normalised
    spelling, so that other spellings tell no difference.
    """
    if journey.user_id is not None:
        return str(journey.user_id)
    if journey.claimed is None:
        return f"journey:{journey.id}"
    try:
        return f"?{normalise(journey.claimed.kind, journey.claimed.value)[1]}"
    except RequestRefused:
        return f"?{journey.claimed.value.casefold()}"


def _key(journey: Journey) -> str:
    return f"{account_key(journey)}@{journey.counted_as}" if journey.counted_as else account_key(journey)
