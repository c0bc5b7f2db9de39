"""Passkeys and security keys (WebAuthn level 3): the only factor, a second one, or a step up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    AuthMethod,
    CredentialNotice,
    Enrolment,
    EventType,
    Host,
    Manifest,
    PersonalData,
    Sentences,
    SlotPart,
    StepKind,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_passkeys.assertions import Assertions
from xenia_passkeys.enrolment import PasskeyEnrolment, SecurityKeyEnrolment
from xenia_passkeys.method import PasskeyMethod, SecurityKeyMethod
from xenia_passkeys.models import KINDS, PLUGIN
from xenia_passkeys.personal_data import personal_data
from xenia_passkeys.registration import Registration
from xenia_passkeys.routes import routes
from xenia_passkeys.settings import PasskeysSettings
from xenia_passkeys.upgrade import Upgrade

manifest = Manifest(
    name=PLUGIN,
    title=text("passkeys.title"),
    summary=text("passkeys.summary"),
    settings=PasskeysSettings,
    migrations="xenia_passkeys.piccolo_app",
    libraries=("webauthn",),
    default_on=True,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (
        EventType("passkey.refused", "An answer of a passkey was not accepted."),
        EventType("passkey.copy_suspected", "A passkey’s counter did not grow: its key may have been copied."),
        EventType("passkey.backup_changed", "A passkey began, or ceased, to be backed up."),
    )


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return PasskeyMethod(host, Assertions(host)), SecurityKeyMethod(host, Assertions(host))


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    return PasskeyEnrolment(host, Registration(host)), SecurityKeyEnrolment(host, Registration(host))


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return (Upgrade(host, Registration(host)),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(host)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (CredentialNotice(host, PLUGIN, frozenset(KINDS), more=("passkey.copy_suspected",)),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
def page_slot(slot: str) -> Sequence[SlotPart]:
    return (SlotPart(template="passkeys/script.html"),) if slot == "journey.foot" else ()
