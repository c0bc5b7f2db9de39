"""Whether a guess may be looked at now: not from a blocked network, not beyond the limits, and under pressure only after a puzzle.

Somebody on a device that they are known to use, in a place where they used it, is counted apart by whoever knows devices; what strangers get
wrong never stands in their way.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

import msgspec

from xenia.api import Admission, Context, Goal, Host, Journey, account_key, look_anew
from xenia_protection.blocks import Blocks
from xenia_protection.challenges import STEP, Challenges
from xenia_protection.counts import Guess
from xenia_protection.networks import network_of
from xenia_protection.places import Places, Taken
from xenia_protection.settings import ProtectionSettings
from xenia_protection.together import together

NOBODY = UUID(int=0)


class Gatekeeper:
    """Admits guesses, and says early whether a puzzle comes first."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._places, self._challenges, self._blocks = Places(host), Challenges(host), Blocks(host)

    async def is_pressed(self, context: Context, journey: Journey) -> bool:
        """Whether a puzzle must be solved before this journey's next guess."""
        if journey.proofs or (journey.goal is Goal.SIGN_UP and STEP in journey.done):
            return False
        settings = await self._host.config.get(context, ProtectionSettings)
        wanted = settings.sign_ups and journey.goal is Goal.SIGN_UP
        if not wanted and not await self._places.is_pressed(context, settings, network_of(context.source.address)):
            return False
        return not await self._challenges.may_guess(context, journey) and await self._is_watched(context, journey)

    async def admit(self, context: Context, journey: Journey) -> Admission | None:
        """Take the places of a guess; nothing about it was looked at yet."""
        if not await self._is_watched(context, journey):
            return None
        settings = await self._host.config.get(context, ProtectionSettings)
        network = network_of(context.source.address)
        if wait := await self._blocks.wait(context, network):
            await self._count(context, journey, wrong=True)
            return Admission(wait=wait)
        taken = await self._places.take(context, settings, network)
        if taken.wait:
            await self._count(context, journey, wrong=True)
            return Admission(wait=taken.wait)
        if taken.pressed and not await self._challenges.spend(context, journey):
            await self._places.give_back(context, taken.places)
            look_anew()  # the puzzle is needed now, whatever was seen when the page was made
            return Admission(first=True)
        return Admission(judged=partial(self._judged, context, journey, taken))

    async def _is_watched(self, context: Context, journey: Journey) -> bool:
        """Only what comes first is guessed at here: whoever has proven something meets the account's own limit.

        Of an account that nobody has the same is asked as of any other, so that the time tells nothing.
        """
        if journey.proofs:
            return False
        somebody = msgspec.structs.replace(journey, user_id=journey.user_id or NOBODY)
        return not await self._host.hooks.counts_apart(context, somebody)

    async def _judged(self, context: Context, journey: Journey, taken: Taken, wrong: bool | None) -> None:
        """Count it. What was right, or no guess, costs nobody a place."""
        if not wrong:
            await self._places.give_back(context, taken.places)
        if wrong is not None:
            await self._count(context, journey, wrong=wrong)
        look_anew()  # the page that follows may have to begin with the puzzle

    async def _count(self, context: Context, journey: Journey, *, wrong: bool) -> None:
        account = self._host.keyed_digest("protection.account", context.tenant, account_key(journey))
        await together(self._host).add(context, Guess(network_of(context.source.address), account, wrong))
