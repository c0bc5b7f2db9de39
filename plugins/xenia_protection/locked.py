"""Where a sign-in ends that knows only what was known before: ahead of every step and every enrolment, so that nothing is added either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Context, Done, Form, GateStep, Host, Journey, Link, Refused, StepView, text
from xenia_protection.recovery import FORGOTTEN, LOCKED, Recovery


class LockedAccount:
    """Needed once something was proven on an account that waits for its owner, and never done."""

    name = "disowned"
    provides: frozenset[str] = frozenset()
    gate = True

    def __init__(self, host: Host) -> None:
        self._recovery = Recovery(host)

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Nothing is told before a proof. The mailbox leads on."""
        return await self._recovery.locked(context, journey) is not None

    async def show(self, context: Context, journey: Journey) -> StepView:
        """What to do: the way back goes by the mailbox."""
        lead = await self._recovery.locked(context, journey) or LOCKED
        to_recover = Link(label=text("protection.disown.recover"), href=FORGOTTEN)
        links = (to_recover,) if await self._recovery.by_password(context) else ()
        return StepView(step=self.name, title=text("protection.disown.locked_title"), lead=lead, links=links)

    async def submit(self, _context: Context, _journey: Journey, _form: Form) -> Done | Refused:
        """There is no way through here."""
        return Refused(errors={"": text("protection.disown.locked_title")})


if TYPE_CHECKING:

    def _proof(host: Host) -> GateStep:
        return LockedAccount(host)
