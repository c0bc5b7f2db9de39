"""Getting a picture PIN: choose the pictures, then pick them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Again, Context, Enrolled, Enrolment, Form, Host, Journey, Refused, StepView, text
from xenia_picture_pin.pictures import FEWEST, added, is_long_enough
from xenia_picture_pin.service import KIND, PicturePins
from xenia_picture_pin.views import CLEAR, PICK, grid_view

CHOSEN, REPEATED = "chosen", "repeated"


class PicturePinEnrolment:
    """On the account's security page. Not in a sign-up: it can't be anybody's only way to sign in."""

    name = KIND
    kind = KIND
    second = False
    sign_up = False
    label = text("picture_pin.label")
    hint = text("picture_pin.hint")
    icon = "key"

    def __init__(self, pins: PicturePins) -> None:
        self._pins = pins

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """The grid, for the first time or for the second."""
        chosen, repeated = _chosen(journey), _repeated(journey)
        return grid_view("choose", chosen) if repeated is None else grid_view("repeat", repeated)

    async def complete(self, context: Context, journey: Journey, form: Form) -> Enrolled | Refused | Again:
        """One picture more, another start, or a sequence that is ready."""
        chosen, repeated = _chosen(journey), _repeated(journey)
        action = form.get("action", "")
        if action == CLEAR:
            return Again(remember={CHOSEN: []})
        if action.startswith(PICK):
            return _picked(chosen, repeated, action.removeprefix(PICK))
        if repeated is None:
            return _to_repeat(chosen)
        if repeated != chosen:
            return Refused(errors={"": text("picture_pin.differs")}, remember={CHOSEN: []})
        return Enrolled(credentials=(await self._pins.made(chosen),))


def _picked(chosen: list[str], repeated: list[str] | None, name: str) -> Again:
    if repeated is None:
        return Again(remember={CHOSEN: added(chosen, name)})
    return Again(remember={CHOSEN: chosen, REPEATED: added(repeated, name)})


def _to_repeat(chosen: list[str]) -> Refused | Again:
    if not is_long_enough(chosen):
        return Refused(errors={"": text("picture_pin.too_short", count=FEWEST)})
    return Again(remember={CHOSEN: chosen, REPEATED: []})


def _chosen(journey: Journey) -> list[str]:
    return list(journey.remembered(KIND).get(CHOSEN, ()))


def _repeated(journey: Journey) -> list[str] | None:
    """``None`` while the first round lasts."""
    found = journey.remembered(KIND).get(REPEATED)
    return None if found is None else list(found)


if TYPE_CHECKING:

    def _proof(host: Host) -> Enrolment:
        return PicturePinEnrolment(PicturePins(host))
