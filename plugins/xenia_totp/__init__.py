"""Authenticator apps (RFC 6238) and recovery codes: a second factor, and its stand-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xenia.api import (
    AuthMethod,
    CredentialNotice,
    Enrolment,
    EventType,
    Host,
    Manifest,
    PersonalData,
    Sentences,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_totp.enrolments import RecoveryEnrolment, TotpEnrolment
from xenia_totp.methods import RecoveryMethod, TotpMethod
from xenia_totp.personal_data import personal_data
from xenia_totp.reactions import CodesEnd
from xenia_totp.recovery import RecoveryCodes
from xenia_totp.service import KIND, PLUGIN, TotpService
from xenia_totp.settings import TotpSettings

manifest = Manifest(
    name="totp",
    title=text("totp.label"),
    summary=text("totp.summary"),
    settings=TotpSettings,
    libraries=("segno",),
    default_on=True,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (EventType("recovery_code.used", "A recovery code was used in place of a second factor."),)


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return TotpMethod(host, TotpService(host)), RecoveryMethod(host, RecoveryCodes(host))


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    codes = RecoveryCodes(host)
    return TotpEnrolment(host, TotpService(host), codes), RecoveryEnrolment(host, codes)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return CodesEnd(host), CredentialNotice(host, PLUGIN, frozenset({KIND}))


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)
