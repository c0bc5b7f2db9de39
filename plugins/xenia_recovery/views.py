"""The views of this plugin, as data."""

from __future__ import annotations

from xenia.api import Action, Field, FieldKind, Link, StepView, Text, text


def ask_view(hours: int) -> StepView:
    """What will happen, before it does."""
    return StepView(
        step="lost_factor",
        title=text("recovery.ask.title"),
        lead=text("recovery.ask.lead", hours=hours, count=hours),
        actions=(Action(label=text("recovery.ask.submit")),),
    )


def waiting_view(hours: int, *, fresh: bool = False) -> StepView:
    """How long it takes."""
    lead = "recovery.waiting.fresh" if fresh else "recovery.waiting.lead"
    return StepView(step="lost_factor", title=text("recovery.waiting.title"), lead=text(lead, hours=hours, count=hours))


def ripe_view() -> StepView:
    """The waiting time is over."""
    return StepView(
        step="lost_factor",
        title=text("recovery.ripe.title"),
        lead=text("recovery.ripe.lead"),
        actions=(Action(label=text("recovery.ripe.submit")),),
    )


def found_view() -> StepView:
    """It was cancelled, since what was lost is there."""
    return StepView(
        step="found_factor",
        title=text("recovery.found.title"),
        lead=text("recovery.found.lead"),
        actions=(Action(label=text("recovery.found.submit")),),
    )


def cancel_view() -> StepView:
    """Behind a link to cancel: one button, so that whatever opens links cancels nothing."""
    return StepView(
        step="cancel",
        title=text("recovery.cancel.title"),
        lead=text("recovery.cancel.lead"),
        actions=(Action(label=text("recovery.cancel.submit")),),
        links=(Link(label=text("recovery.cancel.leave"), href="/sign-in"),),
    )


def name_view(errors: dict[str, Text], typed: str = "") -> StepView:
    """Asks where the names of an account are to be sent."""
    address = Field(
        name="identifier",
        label=text("recovery.name.address"),
        kind=FieldKind.EMAIL,
        value=typed,
        autocomplete="email",
        autofocus=True,
    )
    return StepView(
        step="name",
        title=text("recovery.name.title"),
        lead=text("recovery.name.lead"),
        fields=(address,),
        actions=(Action(label=text("recovery.name.submit")),),
        links=(Link(label=text("recovery.name.back"), href="/sign-in"),),
        errors=errors,
    )
