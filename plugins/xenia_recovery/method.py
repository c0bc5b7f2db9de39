"""The button for who can't give a second factor any more: it proves nothing, and lets one journey do without after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Again, Context, Excused, Factor, Form, Goal, Host, Journey, Refused, SendingMethod, StepView, text
from xenia_recovery.service import Requests
from xenia_recovery.settings import RecoverySettings
from xenia_recovery.views import ask_view, ripe_view, waiting_view

_OPEN_TO = (Goal.SIGN_IN, Goal.RECOVER)


class LostFactor:
    """Offered among second factors, after those that prove something.

    ``factors`` says where the policy may offer it; no proof of them ever comes from here.
    """

    name = "lost_factor"
    factors = frozenset({Factor.POSSESSION, Factor.INHERENCE})
    amr: tuple[str, ...] = ()
    primary = False
    sends = True
    label = text("recovery.lost.label")
    icon = "info"

    def __init__(self, host: Host, requests: Requests) -> None:
        self._host = host
        self._requests = requests

    async def available(self, context: Context, journey: Journey) -> bool:
        """To whom a proof was shown, in a sign-in from the start, if something could be lost and somebody be warned."""
        if journey.user_id is None or journey.session_id is not None or journey.goal not in _OPEN_TO:
            return False
        if not journey.proofs or journey.excused or not await self._requests.lost(context, journey):
            return False
        return await self._requests.reachable(context, journey.user_id) is not None

    async def begin(self, context: Context, journey: Journey) -> StepView:
        """Where the request stands: not asked for, waiting, or ripe."""
        mine = await self._requests.open(context, journey.user_id) if journey.user_id else None
        if mine is None:
            settings = await self._host.config.get(context, RecoverySettings)
            return ask_view(settings.wait_hours)
        return ripe_view() if mine.is_ripe else waiting_view(mine.hours)

    async def complete(self, context: Context, journey: Journey, form: Form) -> Again | Refused | Excused:
        """Ask, or go on without what was lost."""
        if journey.user_id is None:
            return Refused(errors={"": text("recovery.over")})
        mine = await self._requests.open(context, journey.user_id)
        if mine is not None and not mine.is_ripe:
            return Again(view=waiting_view(mine.hours), counts=False)
        lost = await self._requests.use(context, journey.user_id, journey.id)
        if lost:
            seen = {proof.credential for proof in journey.proofs}
            return Excused(credentials=tuple(one for one in lost if one not in seen))
        return await self._ask(context, journey) if mine is None else Refused(errors={"": text("recovery.over")})

    async def _ask(self, context: Context, journey: Journey) -> Again | Refused:
        lost = await self._requests.lost(context, journey)
        user = await self._requests.reachable(context, journey.user_id) if journey.user_id and lost else None
        made = await self._requests.ask(context, user, lost) if user else None
        if made is None:
            return Refused(errors={"": text("recovery.not_now")}, counts=False)
        return Again(view=waiting_view(made.hours, fresh=True), counts=False)


if TYPE_CHECKING:

    def _proof(host: Host) -> SendingMethod:
        return LostFactor(host, Requests(host))
