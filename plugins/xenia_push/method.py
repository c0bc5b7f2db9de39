"""Proving by a device that one has it: the person types a number from the page into the app."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import (
    Again,
    Context,
    Factor,
    Form,
    Host,
    Journey,
    Proof,
    Proven,
    Refused,
    SendingMethod,
    StepView,
    text,
)
from xenia_push.challenges import Challenges
from xenia_push.devices import Devices
from xenia_push.pages import waiting_path
from xenia_push.settings import PushSettings
from xenia_push.views import AGAIN, over_view, paused_view, waiting_view


class PushMethod:
    """Something one has: a key in the tenant's app. RFC 8176: ``pop`` (a key was proven), ``mca`` (by another channel)."""

    name = "push"
    factors = frozenset({Factor.POSSESSION})
    amr: tuple[str, ...] = ("pop", "mca")
    primary = True
    sends = True
    guessable = False
    label = text("push.label")
    icon = "phone"

    def __init__(self, host: Host, devices: Devices, challenges: Challenges) -> None:
        self._host = host
        self._devices = devices
        self._challenges = challenges

    async def available(self, context: Context, journey: Journey) -> bool:
        """After a proof, to who has a device. Before one only where the tenant wants it, and then to everybody."""
        if not journey.proofs and not (await self._host.config.get(context, PushSettings)).first:
            return False
        if not journey.is_known:
            return True
        return await self._devices.count(context, journey.user_id) > 0

    async def begin(self, context: Context, journey: Journey) -> StepView | Again:
        """The page that waits; the first time, the devices are asked. The same for every account, existing or not."""
        kept = journey.remembered(self.name)
        if not kept.get("challenge"):
            return await self._ask(context, journey)
        if await self._challenges.is_open(context, UUID(kept["challenge"])):
            return self._waiting(context, kept["challenge"], int(kept["number"]))
        return over_view()

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again:
        """Go on if this journey's own request was approved, or ask again."""
        kept = journey.remembered(self.name)
        if form.get("action") == AGAIN:
            return await self._once_more(context, journey)
        if not kept.get("challenge"):
            return Again(counts=False)
        device = await self._challenges.take(context, journey, UUID(kept["challenge"]))
        if device is None or journey.user_id is None:
            return await self._not_yet(context, UUID(kept["challenge"]))
        at = self._host.clock.now()
        proof = Proof(method=self.name, factors=self.factors, amr=self.amr, at=at, credential=device)
        return Proven(user_id=journey.user_id, proof=proof, remember={})

    async def _not_yet(self, context: Context, challenge: UUID) -> Refused | Again:
        if await self._challenges.is_open(context, challenge):
            return Refused(errors={"": text("push.not_yet")}, counts=False)
        return Again(counts=False)

    async def _once_more(self, context: Context, journey: Journey) -> Refused | Again:
        again = await self._ask(context, journey)
        if again.remember is None and again.view is not None:
            return Refused(errors=again.view.errors, counts=False)
        return Again(view=again.view, remember=again.remember, counts=False)

    async def _ask(self, context: Context, journey: Journey) -> Again:
        started = await self._challenges.start(context, journey)
        if started.wait:
            return Again(view=paused_view(started.wait))
        view = self._waiting(context, started.challenge, started.number)
        return Again(view=view, remember={"challenge": started.challenge, "number": started.number})

    def _waiting(self, context: Context, challenge: str, number: int) -> StepView:
        return waiting_view(number, waiting_path(self._host, context.tenant, challenge))


if TYPE_CHECKING:

    def _proof(host: Host) -> SendingMethod:
        return PushMethod(host, Devices(host), Challenges(host))
