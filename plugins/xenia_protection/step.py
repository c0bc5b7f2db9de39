"""The step before a guess: a puzzle that a browser solves by itself, another company's, or a wait for whoever can do neither."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from xenia.api import (
    Action,
    Again,
    Context,
    Done,
    Field,
    FieldKind,
    Form,
    GateStep,
    Goal,
    Host,
    Journey,
    Limit,
    Refused,
    Reservation,
    StepView,
    Text,
    TooMany,
    text,
)
from xenia_protection.admission import Gatekeeper
from xenia_protection.captcha import WIDGETS, Captcha
from xenia_protection.challenges import ASKED, SOLVED, STEP, Challenges
from xenia_protection.counts import Counts
from xenia_protection.networks import WHOLE, network_of
from xenia_protection.puzzle import growth
from xenia_protection.settings import ProtectionSettings, Provider

WAITS = "waits"
LONGEST_WAIT = 300
WAITED, WAITED_IN_ALL = 20, 500
"""So many people of one network, and of the whole tenant, may wait instead of solving, within the window."""


class PuzzleStep:
    """Comes first while there is pressure; a guess uses up what it gives."""

    name = STEP
    provides: frozenset[str] = frozenset()
    gate = True

    def __init__(self, host: Host) -> None:
        self._host = host
        self._gatekeeper, self._challenges = Gatekeeper(host), Challenges(host)
        self._counts, self._captcha = Counts(host), Captcha(host)

    async def needed(self, context: Context, journey: Journey) -> bool:
        """While nothing is free, and what was solved is used up."""
        return await self._gatekeeper.is_pressed(context, journey)

    async def show(self, context: Context, journey: Journey) -> Again:
        """The challenge of this journey, the same each time until it is used up; how hard it is follows the pressure."""
        settings = await self._host.config.get(context, ProtectionSettings)
        more = await self._growth(context, settings)
        wait = min(settings.wait_seconds << more, LONGEST_WAIT)
        challenge, bits = await self._challenges.asked(context, journey)
        if not challenge:
            bits = settings.bits + more
            challenge = await self._challenges.issue(context, journey, bits)
            await self._host.limits.reserve(context.tenant, _ticket(wait), str(journey.id))
        view = _own(challenge, bits, wait) if settings.provider is Provider.OWN else _other(settings, wait)
        return Again(view=view, remember={ASKED: challenge, WAITS: wait})

    async def submit(self, context: Context, journey: Journey, form: Form) -> Done | Refused | Again:
        """An answer, or somebody who has waited. What else was posted (a password, to a page that was made before) isn't looked at."""
        kept = journey.remembered(STEP)
        if not kept.get(ASKED):
            return Again()
        settings = await self._host.config.get(context, ProtectionSettings)
        if settings.provider is Provider.OWN and form.get("answer"):
            right = await self._challenges.is_solved_by(context, journey, form["answer"].strip())
            return _solved(journey) if right else _refused(text("protection.puzzle.wrong"))
        if settings.provider is not Provider.OWN and form.get(WIDGETS[settings.provider].field):
            right = await self._captcha.is_person(context, settings, form)
            return _solved(journey) if right else _refused(text("protection.puzzle.wrong"))
        return await self._waited(context, journey, int(kept.get(WAITS, LONGEST_WAIT)))

    async def _waited(self, context: Context, journey: Journey, seconds: int) -> Done | Refused:
        """Let somebody through who has waited, by the database's clock; not too many from one network."""
        waits = await self._host.limits.reserve(context.tenant, _ticket(seconds), str(journey.id))
        if not isinstance(waits, Reservation):
            return _refused(text("protection.wait.not_yet", seconds=waits.retry_after, count=waits.retry_after))
        settings = await self._host.config.get(context, ProtectionSettings)
        window = timedelta(minutes=settings.window_minutes)
        for most, key in ((WAITED, network_of(context.source.address)), (WAITED_IN_ALL, WHOLE)):
            limit = Limit("protection.waited", most, window)
            place = await self._host.limits.reserve(context.tenant, limit, key)
            if not isinstance(place, Reservation):
                raise TooMany(place.retry_after)
        return _solved(journey)

    async def _growth(self, context: Context, settings: ProtectionSettings) -> int:
        network = network_of(context.source.address)
        free = {WHOLE: settings.tenant_free, network: settings.network_free}
        seen = await self._counts.seen(context, free, settings.window_minutes)
        return max((growth(one.wrong, free[one.network]) for one in seen), default=0)

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._captcha.aclose()


def _ticket(seconds: int) -> Limit:
    """A place that is taken when the wait begins: where another can be taken, it is over."""
    return Limit("protection.ticket", 1, timedelta(seconds=seconds))


def _solved(journey: Journey) -> Done:
    """An account is made once, so what it needs is used up with the step; a guess uses it up itself."""
    if journey.goal is Goal.SIGN_UP:
        return Done(remember={})
    return Done(remember={SOLVED: journey.remembered(STEP)[ASKED]})


def _refused(why: Text) -> Refused:
    return Refused(errors={"": why}, counts=False)


def _own(challenge: str, bits: int, wait: int) -> StepView:
    return StepView(
        step=STEP,
        title=text("protection.puzzle.title"),
        lead=text("protection.puzzle.lead"),
        fields=(Field(name="answer", label=text("protection.puzzle.title"), kind=FieldKind.HIDDEN, required=False),),
        actions=(Action(label=text("journey.continue")),),
        template="protection/puzzle.html",
        data={"challenge": challenge, "bits": bits, "wait": wait},
    )


def _other(settings: ProtectionSettings, wait: int) -> StepView:
    """Another company's puzzle: its page lets that company in, and no other page does."""
    widget = WIDGETS[settings.provider]
    data = {"script": widget.script, "css": widget.css, "site_key": settings.site_key, "wait": wait}
    return StepView(
        step=STEP,
        title=text("protection.puzzle.title"),
        lead=text("protection.puzzle.other"),
        template="protection/captcha.html",
        data=data,
        lets_in=widget.lets_in,
    )


if TYPE_CHECKING:

    def _proof(host: Host) -> GateStep:
        return PuzzleStep(host)
