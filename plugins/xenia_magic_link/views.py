"""The views of this plugin, as data."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.api import Action, Field, FieldKind, StepView, Text, text
from xenia_magic_link.models import About

RESEND = "resend"


def waiting_view(
    number: int, errors: Mapping[str, Text] | None = None, *, anywhere: bool, sent_again: bool = False
) -> StepView:
    """Waits until the link was opened. It says what is true for every address: a link is on its way if somebody is there."""
    lead = "magic_link.again" if sent_again else "magic_link.lead"
    return StepView(
        step="magic_link",
        title=text("magic_link.title"),
        lead=text(lead),
        template="magic_link/waiting.html",
        data={"number": str(number) if anywhere and number else ""},
        actions=(Action(label=text("magic_link.opened")),),
        alternatives=(Action(name=RESEND, label=text("magic_link.resend"), icon="mail"),),
        errors=dict(errors or {}),
    )


def here_view(about: About) -> StepView:
    """Behind the link, in the browser that began: one button."""
    return StepView(
        step="magic_link",
        title=text("magic_link.here.title", place=about.place),
        lead=text("magic_link.here.lead"),
        who=about.who,
        actions=(Action(label=text("magic_link.here.submit")),),
    )


def elsewhere_view(about: About, minutes: int, errors: Mapping[str, Text] | None = None) -> StepView:
    """Behind the link, in another browser: what would be let in, and the number that only its window shows."""
    number = Field(
        name="number",
        label=text("magic_link.elsewhere.number"),
        kind=FieldKind.CODE,
        hint=text("magic_link.elsewhere.hint"),
        autocomplete="off",
        autofocus=True,
    )
    lead = text("magic_link.elsewhere.lead", device=about.device or "–", count=minutes)
    return StepView(
        step="magic_link",
        title=text("magic_link.elsewhere.title", place=about.place),
        lead=lead,
        who=about.who,
        fields=(number,),
        actions=(Action(label=text("magic_link.elsewhere.submit")),),
        errors=dict(errors or {}),
    )


def wait(seconds: int) -> Text:
    """How long it takes until another may be asked for."""
    return text("magic_link.wait", count=seconds)
