"""The views of this plugin, as data."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from xenia.api import Action, Field, FieldKind, Link, StepView, Text, qr_code, text
from xenia_totp.codes import address, grouped


def code_view() -> StepView:
    """Asks for the code that the app shows now."""
    return StepView(
        step="totp",
        title=text("totp.ask.title"),
        lead=text("totp.ask.lead"),
        fields=(_code(),),
        actions=(Action(label=text("totp.ask.submit")),),
    )


def recovery_view() -> StepView:
    """Asks for one of the recovery codes."""
    code = Field(
        name="code",
        label=text("totp.recovery.label"),
        hint=text("totp.recovery.hint"),
        autocomplete="off",
        autofocus=True,
    )
    return StepView(
        step="recovery_code",
        title=text("totp.recovery.title"),
        lead=text("totp.recovery.lead"),
        fields=(code,),
        actions=(Action(label=text("totp.ask.submit")),),
    )


def enrol_view(secret: str, *, issuer: str, account: str) -> StepView:
    """Shows the picture and the key, and asks for a first code."""
    uri = address(secret, issuer=issuer, account=account)
    label = Field(
        name="label",
        label=text("totp.enrol.name"),
        hint=text("totp.enrol.name_hint"),
        required=False,
        autocomplete="off",
    )
    return StepView(
        step="totp",
        title=text("totp.enrol.title"),
        lead=text("totp.enrol.lead"),
        fields=(_code(), label),
        actions=(Action(label=text("totp.enrol.submit")),),
        template="totp/enrol.html",
        data={"qr": msgspec.structs.asdict(qr_code(uri)), "key": grouped(secret), "address": uri},
    )


def codes_view(codes: Sequence[str]) -> StepView:
    """Shows the new recovery codes, this once."""
    return StepView(
        step="recovery_codes",
        title=text("totp.codes.title"),
        lead=text("totp.codes.lead"),
        actions=(Action(label=text("totp.codes.saved")),),
        template="totp/codes.html",
        data={"codes": list(codes)},
    )


def remake_view(left: int) -> StepView:
    """Asks whether to make new codes, which end the old ones."""
    return StepView(
        step="recovery_codes",
        title=text("totp.remake.title"),
        lead=text("totp.remake.lead", count=left),
        actions=(Action(label=text("totp.remake.submit")),),
    )


def nothing_to_recover_view() -> StepView:
    """Says that recovery codes stand in for something, which isn't there yet."""
    return StepView(
        step="recovery_codes",
        title=text("totp.remake.title"),
        lead=text("totp.remake.nothing"),
        links=(Link(label=text("totp.remake.back"), href="/account/security"),),
    )


def _code(hint: Text | None = None) -> Field:
    return Field(
        name="code",
        label=text("totp.code"),
        kind=FieldKind.CODE,
        hint=hint,
        autocomplete="one-time-code",
        autofocus=True,
    )
