"""The step after a second factor: shall this device be remembered?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Action, Context, Done, Form, Goal, Host, Journey, QuestionStep, Refused, StepView, text
from xenia_devices.service import DeviceService

NO = "no"


class RememberDevice:
    """Offered at a sign-in with two factors, where the tenant allows it and this browser wasn't asked lately."""

    name = "remember_device"
    provides: frozenset[str] = frozenset()
    question = True

    def __init__(self, host: Host, devices: DeviceService) -> None:
        self._host = host
        self._devices = devices

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Never before two factors were shown: what isn't proven can't be spared."""
        shown = frozenset().union(*(proof.factors for proof in journey.proofs))
        if journey.goal is not Goal.SIGN_IN or journey.user_id is None or len(shown) < 2 or not context.source.browser:
            return False
        if not await self._devices.trust_days(context):
            return False
        known = await self._devices.look(context, journey.user_id)
        return not known.trusted and not known.asked

    async def show(self, context: Context, _journey: Journey) -> StepView:
        """One question, two buttons."""
        days = await self._devices.trust_days(context)
        return StepView(
            step=self.name,
            title=text("devices.remember.title"),
            lead=text("devices.remember.lead", days=days, count=days),
            actions=(
                Action(label=text("devices.remember.yes")),
                Action(label=text("devices.remember.no"), name=NO),
            ),
        )

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done | Refused:
        """Keep the answer. The tenant may have changed its mind in the meantime."""
        if journey.user_id is None:
            return Done()
        days = await self._devices.trust_days(context)
        if form.get("action") == NO or not days:
            await self._devices.decline(context, journey.user_id)
        else:
            await self._devices.trust(context, journey.user_id, days)
        return Done()


if TYPE_CHECKING:

    def _proof(host: Host, devices: DeviceService) -> QuestionStep:
        return RememberDevice(host, devices)
