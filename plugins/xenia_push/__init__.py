"""Approvals in the tenant's own app, with number matching: a small open protocol, and a device's key."""

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
    HotRoute,
    Job,
    Manifest,
    PersonalData,
    Sentences,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_push.app_links import app_links
from xenia_push.challenges import DENIED, REPORTED, Challenges
from xenia_push.devices import KEY_CHANGED, Devices
from xenia_push.enrolment import PushEnrolment
from xenia_push.method import PushMethod
from xenia_push.models import KIND, PLUGIN
from xenia_push.pages import routes
from xenia_push.personal_data import personal_data
from xenia_push.protocol import Protocol
from xenia_push.relay import Relay
from xenia_push.settings import PushSettings

manifest = Manifest(
    name="push",
    title=text("push.label"),
    summary=text("push.summary"),
    settings=PushSettings,
    migrations="xenia_push.piccolo_app",
    libraries=("segno",),
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (
        EventType(DENIED, "A person denied a sign-in in their app, or typed another number than its page showed."),
        EventType(
            REPORTED, "A person said in their app that a sign-in was not theirs: somebody else may know their password."
        ),
        EventType(KEY_CHANGED, "A device that approves sign-ins changed its key."),
    )


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (PushMethod(host, Devices(host), Challenges(host)),)


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    return (PushEnrolment(host, Devices(host)),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return (*routes(host, Challenges(host)), *app_links(host))


@hookimpl
def register_hot_routes(host: Host) -> Sequence[HotRoute]:
    return Protocol(host).routes()


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (Relay(host).job(),)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (CredentialNotice(host, PLUGIN, frozenset({KIND}), more=(REPORTED,)),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)
