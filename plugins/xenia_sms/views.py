"""The views of this plugin, as data."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.api import Action, CodePage, Field, FieldKind, StepView, Text, text
from xenia_sms.numbers import Number

CHANGE = "number"

ASK = CodePage("sms_otp", "sms.ask", icon="phone")
"""Waits for the code of a person who has proven something already."""

FIRST = CodePage("sms_otp", "sms.first", icon="phone")
"""Waits for the code of whoever typed an identifier. It says what is true for all: a code is on its way if somebody is there."""


def confirm(number: Number) -> CodePage:
    """Waits for the code that a new number got, and says which: a typing error is seen at once."""
    change = Action(name=CHANGE, label=text("sms.confirm.change"), icon="edit")
    return CodePage("sms_otp", "sms.confirm", icon="phone", more=(change,), values={"number": number.spaced})


def number_view(typed: str = "", *, countries: bool, errors: Mapping[str, Text] | None = None) -> StepView:
    """Asks for a number. ``countries``: it may be typed as within the tenant's own country."""
    number = Field(
        name="number",
        label=text("sms.number.label"),
        kind=FieldKind.TEL,
        hint=text("sms.number.hint" if countries else "sms.number.hint_plus"),
        value=typed,
        autocomplete="tel",
        autofocus=True,
    )
    return StepView(
        step="sms_otp",
        title=text("sms.number.title"),
        lead=text("sms.number.lead"),
        fields=(number,),
        actions=(Action(label=text("sms.number.submit")),),
        errors=dict(errors or {}),
    )
