"""The step that offers a second factor, and what follows where somebody says yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.api import (
    Action,
    Context,
    Done,
    Enrolment,
    Form,
    Goal,
    Host,
    Journey,
    Need,
    NeedKind,
    QuestionStep,
    StepView,
    is_ready,
    text,
)
from xenia_nudge.settings import NudgeSettings

OFFER = "nudge.second_factor"
LATER, NEVER, YES = "later", "never", "yes"


class OfferSecondFactor:
    """Asked of who signed in with nothing that could be a second factor, and not together with other questions."""

    name = "second_factor_offer"
    provides: frozenset[str] = frozenset()
    question = True

    def __init__(self, host: Host) -> None:
        self._host = host

    async def needed(self, context: Context, journey: Journey) -> bool:
        """What costs nothing first: most sign-ins end at one of these."""
        if journey.user_id is None or journey.goal is not Goal.SIGN_IN or journey.done:
            return False
        if await self._is_new(context, journey.user_id):
            return False
        possible = {it.kind for it in await _possible(self._host, context)}
        mine = await self._host.credentials.summaries(context, journey.user_id)
        if not possible or any(one.second or one.kind in possible for one in mine):
            return False
        return not await self._host.snoozes.sleeps(context, journey.user_id, OFFER)

    async def _is_new(self, context: Context, user_id: UUID) -> bool:
        """Whether the person has only just arrived: whoever signs up wants to get somewhere first."""
        user = await self._host.users.get(context, user_id)
        settings = await self._host.config.get(context, NudgeSettings)
        if user is None or not settings.wait_days:
            return user is None  # a clock that is a little behind leaves nobody in peace who needn't be
        return self._host.clock.now() - user.created_at < timedelta(days=settings.wait_days)

    async def show(self, _context: Context, _journey: Journey) -> StepView:
        """One question, three answers."""
        return StepView(
            step=self.name,
            title=text("nudge.offer.title"),
            lead=text("nudge.offer.lead"),
            actions=(
                Action(label=text("nudge.offer.yes"), name=YES),
                Action(label=text("nudge.offer.later"), name=LATER),
                Action(label=text("nudge.offer.never"), name=NEVER),
            ),
        )

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done:
        """Go on to set one up, or keep the answer. What is no answer is “not now”, and so is a yes that isn't carried out."""
        action = form.get("action", "")
        if journey.user_id is not None and action == NEVER:
            await self._host.snoozes.never(context, journey.user_id, OFFER)
        elif journey.user_id is not None:
            settings = await self._host.config.get(context, NudgeSettings)
            await self._host.snoozes.put_off(context, journey.user_id, OFFER, settings.snooze_days)
        return Done(remember={YES: True}) if action == YES else Done()


async def _possible(host: Host, context: Context) -> Sequence[Enrolment]:
    """Ways to a second factor that somebody can go now."""
    return [it for it in await host.enrolments(context) if it.second and await is_ready(it, context)]


async def wanted_now(host: Host, context: Context, journey: Journey) -> Sequence[Need]:
    """A second factor, for who said yes on this journey, until one is set up or they think better of it."""
    if not journey.remembered(OfferSecondFactor.name).get(YES):
        return ()
    names = tuple(it.name for it in await _possible(host, context))
    if not names or set(names).intersection(journey.done):
        return ()
    return (Need(kind=NeedKind.ENROL, name=OFFER, any_of=names, reason="offered", optional=True),)


if TYPE_CHECKING:

    def _proof(host: Host) -> QuestionStep:
        return OfferSecondFactor(host)
