"""The step of a sign-in in which somebody shows what they had said was lost: the request ends, and they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xenia.api import Again, Context, Done, Factor, Form, Journey, Proof, StepKind, StepView
from xenia_recovery.models import Request
from xenia_recovery.service import Requests
from xenia_recovery.views import found_view

_BEYOND = frozenset({Factor.POSSESSION, Factor.INHERENCE})
TOLD = "told"


class FoundFactor:
    """Whoever shows a lost factor has no need of the request, and whoever asked for it may have been somebody else."""

    name = "found_factor"
    provides: frozenset[str] = frozenset()

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def needed(self, context: Context, journey: Journey) -> bool:
        """Most sign-ins show one factor, and cost nothing here."""
        if journey.remembered(self.name).get(TOLD):
            return True
        return await self._shown_anyway(context, journey) is not None

    async def _shown_anyway(self, context: Context, journey: Journey) -> Request | None:
        beyond = [proof for proof in journey.proofs if proof.factors & _BEYOND]
        if journey.user_id is None or not beyond:
            return None
        mine = await self._requests.open(context, journey.user_id)
        return mine if mine and any(_is_of(mine, proof, journey) for proof in beyond) else None

    async def show(self, context: Context, journey: Journey) -> StepView | Again:
        """Cancel it, and say so."""
        mine = await self._shown_anyway(context, journey)
        if mine is not None:
            await self._requests.cancel(context, mine.user_id, mine.id, by="factor")
        return Again(view=found_view(), remember={TOLD: True})

    async def submit(self, _context: Context, _journey: Journey, _form: Form) -> Done:
        """They have read it."""
        return Done()


def _is_of(request: Request, proof: Proof, journey: Journey) -> bool:
    """Whether a proof that was given since is by what was lost; one that leaves no credential behind, such as a code of a
    list, is, unless the journey began with it.
    """
    if proof.at < request.asked_at:
        return False
    return proof.credential in request.lost if proof.credential else proof is not journey.proofs[0]


if TYPE_CHECKING:

    def _proof(requests: Requests) -> StepKind:
        return FoundFactor(requests)
