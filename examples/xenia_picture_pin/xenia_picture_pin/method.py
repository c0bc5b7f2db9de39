"""Proving who one is by a picture PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Again, AuthMethod, Context, Factor, Form, Host, Journey, Proof, Proven, Refused, StepView, text
from xenia_picture_pin.pictures import added
from xenia_picture_pin.service import KIND, PicturePins
from xenia_picture_pin.views import CLEAR, PICK, grid_view

PICKED = "picked"


class PicturePinMethod:
    """Something one knows. The nearest value of RFC 8176 is ``pin``, "a number or pattern". Never comes first."""

    name = KIND
    factors = frozenset({Factor.KNOWLEDGE})
    amr: tuple[str, ...] = ("pin",)
    primary = False
    label = text("picture_pin.label")
    icon = "key"

    def __init__(self, host: Host, pins: PicturePins) -> None:
        self._host = host
        self._pins = pins

    async def available(self, context: Context, journey: Journey) -> bool:
        """To a person who has shown who they are in another way, and has a picture PIN."""
        is_known = bool(journey.proofs) or journey.session_id is not None
        return is_known and await self._pins.has_one(context, journey.user_id)

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """The grid."""
        return grid_view("ask", _picked(journey))

    async def complete(self, context: Context, journey: Journey, form: Form) -> Proven | Refused | Again:
        """Each button of the grid picks one picture; the main button sends the sequence to be judged."""
        picked, action = _picked(journey), form.get("action", "")
        if action.startswith(PICK):
            return Again(remember={PICKED: added(picked, action.removeprefix(PICK))}, counts=False)
        if action == CLEAR:
            return Again(remember={PICKED: []}, counts=False)
        if not picked:
            return Refused(errors={"": text("picture_pin.missing")}, counts=False)
        return await self._judged(context, journey, picked)

    async def _judged(self, context: Context, journey: Journey, picked: list[str]) -> Proven | Refused:
        opened = await self._pins.verify(context, journey.user_id, picked)
        if opened is None:
            return Refused(errors={"": text("picture_pin.wrong")}, remember={PICKED: []})
        at = self._host.clock.now()
        proof = Proof(method=self.name, factors=self.factors, amr=self.amr, at=at, credential=opened.id)
        return Proven(user_id=opened.user_id, proof=proof)


def _picked(journey: Journey) -> list[str]:
    return list(journey.remembered(KIND).get(PICKED, ()))


if TYPE_CHECKING:

    def _proof(host: Host) -> AuthMethod:
        return PicturePinMethod(host, PicturePins(host))
