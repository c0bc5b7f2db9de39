"""The view of this plugin, as data."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.api import Action, Field, FieldKind, StepView, Text, text

RESEND = "resend"


def code_view(errors: Mapping[str, Text] | None = None, *, sent_again: bool = False) -> StepView:
    """Waits for the code. It says what is true for every address: a code is on its way if somebody is there."""
    code = Field(
        name="code",
        label=text("email_otp.code"),
        kind=FieldKind.CODE,
        hint=text("email_otp.hint"),
        autocomplete="one-time-code",
        autofocus=True,
    )
    return StepView(
        step="email_otp",
        title=text("email_otp.title"),
        lead=text("email_otp.again" if sent_again else "email_otp.lead"),
        fields=(code,),
        actions=(Action(label=text("email_otp.submit")),),
        alternatives=(Action(name=RESEND, label=text("email_otp.resend"), icon="mail"),),
        errors=dict(errors or {}),
    )


def wait(seconds: int) -> Text:
    """How long it takes until another may be asked for."""
    return text("email_otp.wait", count=seconds)
