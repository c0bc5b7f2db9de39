"""The views of this plugin, as data."""

from __future__ import annotations

from xenia.api import Action, Field, FieldKind, Link, StepView, Text, text


def sign_in_view() -> StepView:
    """Asks for the password."""
    return StepView(
        step="password",
        title=text("password.sign_in.title"),
        fields=(_field(text("password.label"), "current-password"),),
        actions=(Action(label=text("password.sign_in.submit")),),
        links=(Link(label=text("password.forgot"), href="/recover"),),
    )


def choose_view(shortest: int, *, replacing: bool) -> StepView:
    """Asks for a new password, with the rules before anything is typed."""
    return StepView(
        step="password",
        title=text("password.change.title" if replacing else "password.choose.title"),
        lead=text("password.change.lead") if replacing else None,
        fields=(_new(shortest),),
        actions=(Action(label=text("password.save")),),
    )


def ask_view(errors: dict[str, Text], typed: str = "", *, other_ways: bool) -> StepView:
    """Asks whose password was forgotten. ``other_ways``: one may prove who one is by something else than a mail."""
    other = (Link(label=text("password.recover.other"), href="/recover/account"),) if other_ways else ()
    address = Field(
        name="identifier",
        label=text("password.recover.identifier"),
        kind=FieldKind.EMAIL,
        value=typed,
        autocomplete="username",
        autofocus=True,
    )
    return StepView(
        step="recover",
        title=text("password.recover.title"),
        lead=text("password.recover.lead"),
        fields=(address,),
        actions=(Action(label=text("password.recover.submit")),),
        links=(*other, Link(label=text("password.recover.back"), href="/sign-in")),
        errors=errors,
    )


def more_view() -> StepView:
    """Behind a link that isn't enough by itself: one button, so that whatever opens links begins nothing."""
    return StepView(
        step="reset",
        title=text("password.reset.title"),
        lead=text("password.reset.more"),
        actions=(Action(label=text("password.reset.go_on")),),
    )


def reset_view(shortest: int, errors: dict[str, Text]) -> StepView:
    """Asks for the new password behind a reset link."""
    return StepView(
        step="reset",
        title=text("password.reset.title"),
        lead=text("password.change.lead"),
        fields=(_new(shortest),),
        actions=(Action(label=text("password.save")),),
        errors=errors,
    )


def _new(shortest: int) -> Field:
    return _field(text("password.new"), "new-password", hint=text("password.hint", count=shortest))


def _field(label: Text, autocomplete: str, hint: Text | None = None) -> Field:
    return Field(
        name="password", label=label, kind=FieldKind.PASSWORD, hint=hint, autocomplete=autocomplete, autofocus=True
    )
