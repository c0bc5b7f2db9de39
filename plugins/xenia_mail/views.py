"""The views of this plugin, as data."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.api import Action, Field, FieldKind, StepView, Text, text


def code_view(address: str, errors: Mapping[str, Text] | None = None, *, sent_again: bool = False) -> StepView:
    """Waits for the code; the link in the mail is a way around typing it."""
    code = Field(
        name="code",
        label=text("mail.verify.code"),
        kind=FieldKind.CODE,
        hint=text("mail.verify.hint"),
        autocomplete="one-time-code",
        autofocus=True,
    )
    return StepView(
        step="verify_email",
        title=text("mail.verify.title"),
        lead=text("mail.verify.again" if sent_again else "mail.verify.lead", address=address),
        fields=(code,),
        actions=(Action(label=text("mail.verify.submit")),),
        alternatives=(
            Action(name="approved", label=text("mail.verify.approved"), icon="check"),
            Action(name="resend", label=text("mail.verify.resend"), icon="mail"),
        ),
        errors=dict(errors or {}),
    )


def confirm_view(address: str) -> StepView:
    """What a link leads to: a button, and what pressing it means."""
    return StepView(
        step="confirm_email",
        title=text("mail.confirm.title"),
        lead=text("mail.confirm.lead", address=address),
        actions=(Action(label=text("mail.confirm.submit")),),
    )
