"""The host's own views of a journey: asking who somebody is, and choosing among several ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from xenia.journeys.contracts import AuthMethod, Enrolment, StepKind
from xenia.journeys.models import Goal, Journey, Need, NeedKind
from xenia.messages import Text, text
from xenia.ui import Action, Field, FieldKind, Link, StepView

CHOOSE = "method:"
BESIDE = "beside:"
BACK = "change"
LEAVE = "not-now"
TO_SECURITY = Link(label=text("journey.to_security"), href="/account/security")


def identify_view(
    journey: Journey, *, sign_up: bool, errors: Mapping[str, Text] | None = None, typed: str = ""
) -> StepView:
    """Asks for an identifier. ``sign_up`` tells whether the way to register (or back to sign-in) is shown."""
    signing_in = journey.goal not in (Goal.SIGN_UP, Goal.RECOVER)
    name = "sign_in" if signing_in else journey.goal.value
    link = (
        Link(label=text("journey.sign_up.instead"), href="/sign-up")
        if signing_in
        else Link(label=text("journey.sign_in.instead"), href="/sign-in")
    )
    return StepView(
        step="identify",
        title=text(f"journey.{name}.title"),
        lead=text(f"journey.{name}.lead"),
        fields=(identifier_field(typed or journey.requirement.login_hint),),
        actions=(Action(label=text("journey.continue")),),
        links=(link,) if sign_up or not signing_in else (),
        errors=dict(errors or {}),
    )


def identifier_field(typed: str) -> Field:
    """The field for an e-mail address, filled by browsers' password managers."""
    return Field(
        name="identifier",
        label=text("journey.email"),
        kind=FieldKind.EMAIL,
        value=typed,
        autocomplete="username",
        autofocus=True,
    )


def method_choices(methods: Sequence[AuthMethod | Enrolment], current: str) -> tuple[Action, ...]:
    """Buttons that lead to the other ways."""
    return tuple(
        Action(name=f"{CHOOSE}{method.name}", label=method.label, icon=method.icon)
        for method in methods
        if method.name != current
    )


def others(
    need: Need, chosen: AuthMethod | Enrolment | StepKind, choices: Sequence[AuthMethod | Enrolment]
) -> tuple[Action, ...]:
    """The buttons for whatever else would do, and for leaving what needn't be. A step has none."""
    if need.kind is NeedKind.STEP:
        return ()
    leave = (Action(name=LEAVE, label=text("journey.not_now")),) if need.optional else ()
    return (*method_choices(choices, chosen.name), *leave)


def choice_view(journey: Journey, choices: Sequence[AuthMethod | Enrolment]) -> StepView:
    """Several ways and none chosen yet."""
    return StepView(
        step="choose",
        title=text("journey.choose.title"),
        lead=text("journey.choose.lead"),
        who=who(journey),
        alternatives=method_choices(choices, ""),
    )


def who(journey: Journey) -> str:
    """The identifier as it was typed."""
    return journey.claimed.value if journey.claimed else ""


def completed(
    view: StepView, journey: Journey, alternatives: tuple[Action, ...], errors: Mapping[str, Text]
) -> StepView:
    """A plugin's view with what the host adds: who it is about, the other ways, the way back to where somebody came from, the
    errors of the last try.
    """
    return msgspec.structs.replace(
        view,
        who=view.who or who(journey),
        alternatives=(*view.alternatives, *alternatives),
        links=(*view.links, TO_SECURITY) if journey.goal is Goal.ENROL else view.links,
        errors={**view.errors, **errors},
    )
