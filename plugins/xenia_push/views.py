"""The views of this plugin, as data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from xenia.api import Action, Field, FieldKind, Link, StepView, Text, qr_code, text

AGAIN = "again"


def enrol_view(link: str, errors: Mapping[str, Text] | None = None) -> StepView:
    """The picture, and a field for the number that the app shows once it has scanned it."""
    number = Field(
        name="number",
        label=text("push.enrol.number"),
        kind=FieldKind.CODE,
        hint=text("push.enrol.number_hint"),
        autocomplete="off",
        autofocus=True,
    )
    return StepView(
        step="push",
        title=text("push.enrol.title"),
        lead=text("push.enrol.lead"),
        fields=(number,),
        actions=(Action(label=text("push.enrol.submit")),),
        template="push/enrol.html",
        data={"qr": msgspec.structs.asdict(qr_code(link)), "link": link},
        errors=dict(errors or {}),
    )


def full_view(count: int) -> StepView:
    """There are devices enough."""
    return StepView(
        step="push",
        title=text("push.enrol.title"),
        lead=text("push.enrol.full", count=count),
        links=(Link(label=text("push.enrol.back"), href="/account/security"),),
    )


def waiting_view(number: int, path: str) -> StepView:
    """Waits for the app, and shows the number that is typed there. It says what is true of every account."""
    return StepView(
        step="push",
        title=text("push.ask.title"),
        lead=text("push.ask.lead"),
        template="push/waiting.html",
        data={"number": str(number), "waiting": path},
        actions=(Action(label=text("push.ask.submit")),),
    )


def over_view() -> StepView:
    """The request is over without an approval. How it ended is the device's to know."""
    return _once_more("push.over")


def paused_view(seconds: int) -> StepView:
    """The person was asked too often, or is asked already: another way, or patience."""
    return _once_more("push.paused", {"": wait(seconds)})


def _once_more(name: str, errors: Mapping[str, Text] | None = None) -> StepView:
    return StepView(
        step="push",
        title=text(f"{name}.title"),
        lead=text(f"{name}.lead"),
        actions=(Action(label=text("push.again"), name=AGAIN),),
        errors=dict(errors or {}),
    )


def wait(seconds: int) -> Text:
    """How long it takes until another may be sent."""
    if seconds <= 90:
        return text("push.wait", count=seconds)
    return text("push.wait_minutes", count=-(-seconds // 60))
