"""Challenges: each is good for one journey of one tenant, for a while, and for one guess.

A challenge is a one-time secret of which only the hash is stored. Whoever solved it may guess once: admitting that guess spends it, by one
conditional statement, so that of two hundred guesses with one solution one is looked at.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from xenia.api import Context, Host, Journey
from xenia_protection.puzzle import work_in

STEP = "puzzle"
KIND = "puzzle"
LIFETIME = timedelta(minutes=10)
ASKED, SOLVED = "asked", "solved"


class Challenge(msgspec.Struct, frozen=True):
    """What a challenge is good for: one journey, for so much work."""

    journey: UUID
    bits: int


class Challenges:
    """Issues, checks and spends them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def issue(self, context: Context, journey: Journey, bits: int) -> str:
        """A fresh challenge."""
        data = msgspec.json.encode(Challenge(journey.id, bits))
        return await self._host.one_time.issue(context.tenant, KIND, data, LIFETIME)

    async def asked(self, context: Context, journey: Journey) -> tuple[str, int]:
        """The challenge that the journey was given and may still solve, with its bits; ``""`` where there is none."""
        secret = _kept(journey, ASKED)
        found = await self._look(context, journey, secret)
        return (secret, found.bits) if found else ("", 0)

    async def is_solved_by(self, context: Context, journey: Journey, answer: str) -> bool:
        """Whether an answer solves the challenge of this journey. Spends nothing."""
        secret = _kept(journey, ASKED)
        found = await self._look(context, journey, secret)
        return found is not None and work_in(secret, answer) >= found.bits

    async def may_guess(self, context: Context, journey: Journey) -> bool:
        """Whether a solved challenge waits for its guess."""
        return await self._look(context, journey, _kept(journey, SOLVED)) is not None

    async def spend(self, context: Context, journey: Journey) -> bool:
        """Use up what was solved: ``True`` for exactly one guess."""
        if not (secret := _kept(journey, SOLVED)):
            return False
        found = await self._host.one_time.consume(context.tenant, KIND, secret)
        return found is not None and msgspec.json.decode(found, type=Challenge).journey == journey.id

    async def _look(self, context: Context, journey: Journey, secret: str) -> Challenge | None:
        data = await self._host.one_time.peek(context.tenant, KIND, secret) if secret else None
        found = msgspec.json.decode(data, type=Challenge) if data else None
        return found if found and found.journey == journey.id else None


def _kept(journey: Journey, name: str) -> str:
    return str(journey.remembered(STEP).get(name, ""))
