"""Moves journeys: asks the policy what is needed, shows the plugin's view for it, judges what was posted.

Each transition is one conditional statement on the journey's version, so that a double submit has one winner. Attempts
are counted before a method judges anything, so that of 200 parallel guesses no more than the limit are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from xenia.clock import Clock
from xenia.context import Context
from xenia.credentials.models import NewCredential
from xenia.errors import XeniaError
from xenia.journeys.attempts import Attempts
from xenia.journeys.contracts import AuthMethod, Enrolment, Form
from xenia.journeys.models import (
    Admission,
    Again,
    Claimed,
    Done,
    Draft,
    Enrolled,
    Excused,
    Goal,
    Journey,
    Need,
    NeedKind,
    Proven,
    Refused,
)
from xenia.journeys.offering import Offering
from xenia.journeys.policy import Impossible, next_need
from xenia.journeys.views import (
    BACK,
    BESIDE,
    CHOOSE,
    LEAVE,
    choice_view,
    completed,
    identify_view,
    method_choices,
    others,
)
from xenia.messages import Text, text
from xenia.sessions.models import Proof
from xenia.tenants.models import SignUpMode
from xenia.ui import StepView
from xenia.users.contracts import Users
from xenia.users.models import IdentifierKind

Outcome_ = Proven | Refused | Again | Done | Enrolled | Excused
MAX_IDENTIFIER = 254
MAX_CAN = 200
_ABILITY = re.compile(r"[a-z][a-z-]{0,31}")


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a submit led to: the journey as it is now, whether something was proven, and what to show before anything else.

    ``credentials`` are to be stored for the person in the same transaction as the transition, in place of those in
    ``replaced``; ``stored`` follows in it. ``stepped_up``: a decision has just asked for more.
    """

    journey: Journey
    rotate: bool = False
    view: StepView | None = None
    errors: dict[str, Text] = {}
    status: int = 200
    credentials: tuple[NewCredential, ...] = ()
    replaced: tuple[UUID, ...] = ()
    stored: Callable[[Context, UUID], Awaitable[None]] | None = None
    stepped_up: bool = False


class Engine:
    """The journey's rules. Knows no HTTP and stores nothing."""

    def __init__(self, offering: Offering, users: Users, attempts: Attempts, clock: Clock) -> None:
        self._offering = offering
        self._users = users
        self._attempts = attempts
        self._clock = clock

    # -- what is needed, and its view

    async def need(self, context: Context, journey: Journey) -> Need | None:
        """The next need. Raises ``Impossible``."""
        policy = await self._offering.policy(context, journey)
        return next_need(journey, policy, await self._offering.offers(context, journey))

    async def view(self, context: Context, journey: Journey, need: Need, errors: Mapping[str, Text]) -> Again:
        """The view of a need, and what its plugin wants remembered."""
        if need.kind is NeedKind.IDENTIFY:
            settings = await self._offering.sign_in_settings(context)
            asked = identify_view(journey, sign_up=settings.sign_up is SignUpMode.OPEN, errors=errors)
            finding = [(await self._offering.shelf(context, NeedKind.PROVE))[name] for name in need.any_of]
            return Again(view=msgspec.structs.replace(asked, alternatives=method_choices(finding, "")))
        chosen, choices = await self._chosen(context, journey, need)
        if chosen is None:
            return Again(view=choice_view(journey, choices))
        shown = await (chosen.show(context, journey) if need.kind is NeedKind.STEP else chosen.begin(context, journey))
        again = shown if isinstance(shown, Again) else Again(view=shown)
        view = again.view or StepView(step=need.name, title=text("journey.continue"))
        if need.lead is not None:
            view = msgspec.structs.replace(view, lead=need.lead)
        return Again(view=completed(view, journey, others(need, chosen, choices), errors), remember=again.remember)

    async def _chosen(self, context: Context, journey: Journey, need: Need) -> tuple[Any, list[Any]]:
        """The method, enrolment or step to show, and everything that would do."""
        shelf = await self._offering.shelf(context, need.kind)
        if need.kind is NeedKind.STEP:
            if need.name not in shelf:
                raise Impossible(need.name)
            return shelf[need.name], []
        choices: list[AuthMethod | Enrolment] = [shelf[name] for name in need.any_of if name in shelf]
        if not choices:
            raise Impossible(need.kind)
        by_name = {choice.name: choice for choice in choices}
        return by_name.get(picked(journey, need), choices[0]), choices

    # -- what was posted

    async def submit(self, context: Context, journey: Journey, form: Form) -> Moved:
        """Judge a posted form against what the journey needs now. Raises ``Impossible``."""
        journey, action = _able(journey, form), form.get("action", "")
        if action == BACK:
            return Moved(journey=_from_the_start(journey))
        need = await self.need(context, journey)
        if need is None:
            return Moved(journey=journey)
        if action.startswith(CHOOSE):
            return Moved(journey=_choose(journey, need, action.removeprefix(CHOOSE)))
        if action == LEAVE and need.optional:
            return Moved(journey=_left(journey, need), rotate=True)
        if need.kind is NeedKind.IDENTIFY and action.startswith(BESIDE):
            return await self._beside(context, journey, need, action.removeprefix(BESIDE), form)
        if need.kind is NeedKind.IDENTIFY:
            return await self._identify(context, journey, form)
        chosen, choices = await self._chosen(context, journey, need)
        moved = await self._judged(context, journey, need, chosen, form)
        if moved.view is None or moved.rotate:
            return moved
        # Another view of the same need: the same ways lead away from it as from its first.
        view = completed(moved.view, journey, others(need, chosen, choices), {})
        return msgspec.structs.replace(moved, view=view)

    async def _judged(self, context: Context, journey: Journey, need: Need, chosen: Any, form: Form) -> Moved:
        """What whoever is asked makes of the form."""
        if need.kind is NeedKind.PROVE:
            return await self._prove(context, journey, chosen, form)
        judge = chosen.submit if need.kind is NeedKind.STEP else chosen.complete
        return await self._apply(context, journey, chosen, await judge(context, journey, form))

    async def _identify(self, context: Context, journey: Journey, form: Form) -> Moved:
        """Take the identifier as claimed. Whether an account has it changes nothing that is seen."""
        typed = form.get("identifier", "").strip()
        if not typed or len(typed) > MAX_IDENTIFIER or "@" not in typed:
            return Moved(journey=journey, errors={"identifier": text("journey.email.wrong")}, status=422)
        claimed = Claimed(IdentifierKind.EMAIL, typed)
        user = await self._users.find(context, claimed.kind, typed)
        if journey.goal is Goal.SIGN_UP:
            draft = Draft(taken=user is not None)
            return Moved(journey=msgspec.structs.replace(journey, claimed=claimed, draft=draft))
        method = await self._offering.led_to(context, journey, typed)
        who = user.id if user else None
        return Moved(journey=msgspec.structs.replace(journey, claimed=claimed, user_id=who, method=method))

    async def _beside(self, context: Context, journey: Journey, need: Need, name: str, form: Form) -> Moved:
        """A method that finds out by itself is asked, or answered, without being chosen: the field for the identifier stays."""
        if name not in need.any_of:
            return Moved(journey=journey)
        return await self._prove(context, journey, (await self._offering.shelf(context, NeedKind.PROVE))[name], form)

    async def _prove(self, context: Context, journey: Journey, method: AuthMethod, form: Form) -> Moved:
        """Ask plugins and count the attempt first; only then may the method look at it."""
        guessable = getattr(method, "guessable", True)
        admission = await self._attempts.admitted(context, journey) if guessable else Admission()
        if admission.first:
            return Moved(journey=journey)
        journey = await self._attempts.count(context, journey)
        outcome = await method.complete(context, journey, form)
        guessed_nothing = isinstance(outcome, Refused | Again) and not outcome.counts
        if guessed_nothing:
            await self._attempts.give_back(context, journey)
        if isinstance(outcome, Proven):
            self._attempts.was_right(context)
        if admission.judged is not None:
            await admission.judged(None if guessed_nothing else isinstance(outcome, Refused | Again))
        return await self._apply(context, journey, method, outcome)

    async def _apply(self, context: Context, journey: Journey, by: Any, outcome: Outcome_) -> Moved:
        match outcome:
            case Proven(user_id=user_id, proof=proof, remember=remember):
                return self._proven(_remember(journey, by.name, remember), user_id, proof)
            case Refused(errors=errors, remember=remember):
                return Moved(journey=_remember(journey, by.name, remember), errors=errors, status=422)
            case Again(view=view, remember=remember):
                return Moved(journey=_remember(journey, by.name, remember), view=view)
            case Excused(credentials=lost, remember=remember):
                journey = msgspec.structs.replace(_remember(journey, by.name, remember), excused=lost, method="")
                return Moved(journey=journey, rotate=True)
            case Done():
                return Moved(journey=_done(journey, by.name, outcome), rotate=True, credentials=outcome.credentials)
            case Enrolled():
                return await self._enrolled(context, journey, by, outcome)
        raise XeniaError(f"{by.name} answered {type(outcome).__name__}")

    def _proven(self, journey: Journey, user_id: Any, proof: Proof) -> Moved:
        """Another proof. One that is of somebody else than the journey is about ends it."""
        if journey.user_id not in (None, user_id):
            return Moved(journey=journey, errors={"": text("journey.other_person")}, status=422)
        proofs = (*(known for known in journey.proofs if known.method != proof.method), proof)
        return Moved(journey=msgspec.structs.replace(journey, user_id=user_id, proofs=proofs, method=""), rotate=True)

    async def _enrolled(self, context: Context, journey: Journey, by: Enrolment, outcome: Enrolled) -> Moved:
        """Keep the credentials: in the draft of a sign-up, else with the user."""
        if journey.draft is None and outcome.claims is not None and not await self._may_link(context, journey, outcome):
            return Moved(journey=_forget(journey, by.name), errors={"": text("journey.not_linked")}, status=403)
        if journey.draft is not None:
            draft = msgspec.structs.replace(
                journey.draft, credentials=(*journey.draft.credentials, *outcome.credentials)
            )
            journey = msgspec.structs.replace(journey, draft=draft)
        others = tuple(proof for proof in journey.proofs if proof.method != by.name)
        shown = (outcome.proof,) if outcome.proof else await self._proof_of(context, by)
        proofs = (*others, *shown)
        journey = msgspec.structs.replace(_forget(journey, by.name), proofs=proofs, done=(*journey.done, by.name))
        if journey.draft is not None:
            return Moved(journey=journey, rotate=True, view=outcome.view)
        # What was lost goes with the factor that takes its place, and not before.
        replaced = journey.excused if any(one.second for one in outcome.credentials) else ()
        return Moved(
            journey=msgspec.structs.replace(journey, excused=() if replaced else journey.excused),
            rotate=True,
            view=outcome.view,
            credentials=outcome.credentials,
            replaced=replaced,
            stored=outcome.stored,
        )

    async def _may_link(self, context: Context, journey: Journey, outcome: Enrolled) -> bool:
        """Whether an outside identity may become this person's."""
        user = await self._users.get(context, journey.user_id) if journey.user_id else None
        return user is not None and await self._offering.may_link(context, user, outcome.claims or {})

    async def _proof_of(self, context: Context, by: Enrolment) -> tuple[Proof, ...]:
        method = (await self._offering.shelf(context, NeedKind.PROVE)).get(by.name)
        if method is None:
            return ()
        return (Proof(method=method.name, factors=method.factors, amr=method.amr, at=self._clock.now()),)


def picked(journey: Journey, need: Need) -> str:
    """The name of the step, method or enrolment that is shown: the one that was chosen, if it would do."""
    if need.kind is NeedKind.STEP:
        return need.name
    chosen = journey.method if need.kind is NeedKind.PROVE else journey.enrolment
    return chosen if chosen in need.any_of else need.any_of[0]


def _able(journey: Journey, form: Form) -> Journey:
    """What the browser says that it can do, where it says so."""
    told = tuple(word for word in form.get("can", "")[:MAX_CAN].split() if _ABILITY.fullmatch(word))
    return msgspec.structs.replace(journey, can=told) if told and told != journey.can else journey


def _choose(journey: Journey, need: Need, name: str) -> Journey:
    if name not in need.any_of:
        return journey
    field = "enrolment" if need.kind is NeedKind.ENROL else "method"
    return msgspec.structs.replace(journey, **{field: name})


def _left(journey: Journey, need: Need) -> Journey:
    """“Not now”: it isn't asked for again on this journey."""
    return msgspec.structs.replace(journey, enrolment="", done=(*journey.done, need.name))


def _from_the_start(journey: Journey) -> Journey:
    """Another identifier, please. What was proven is forgotten."""
    if journey.goal in (Goal.STEP_UP, Goal.ENROL):
        return journey
    return msgspec.structs.replace(
        journey,
        claimed=None,
        user_id=None,
        proofs=(),
        verified=(),
        done=(),
        method="",
        draft=None,
        data={},
        step_up_acr="",
        step_up_enrols=False,
        step_up_lead=None,
        step_up_reason="",
        excused=(),
    )


def _remember(journey: Journey, name: str, remember: dict[str, Any] | None) -> Journey:
    if remember is None:
        return journey
    return msgspec.structs.replace(journey, data={**journey.data, name: remember})


def _forget(journey: Journey, name: str) -> Journey:
    return msgspec.structs.replace(journey, data={key: value for key, value in journey.data.items() if key != name})


def _done(journey: Journey, name: str, outcome: Done) -> Journey:
    journey = _remember(journey, name, outcome.remember)
    draft = journey.draft
    if draft is not None and outcome.attributes:
        draft = msgspec.structs.replace(draft, attributes={**draft.attributes, **outcome.attributes})
    done = (*(one for one in journey.done if one != name), name)  # what comes before each guess is done again and again
    return msgspec.structs.replace(journey, done=done, verified=(*journey.verified, *outcome.verified), draft=draft)
