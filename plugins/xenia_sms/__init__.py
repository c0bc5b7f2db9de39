"""Text messages: a channel by a tenant's own provider, within a budget, and codes as a second factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    AuthMethod,
    Channel,
    Context,
    CredentialNotice,
    Enrolment,
    EventType,
    Host,
    Job,
    Manifest,
    NavItem,
    Permission,
    PersonalData,
    Sentences,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_sms.budget import BUDGET_EXHAUSTED, BUDGET_LOW, Budget
from xenia_sms.channel import SmsChannel
from xenia_sms.enrolment import SmsEnrolment
from xenia_sms.method import SmsMethod
from xenia_sms.pages import READ, routes
from xenia_sms.personal_data import personal_data
from xenia_sms.service import KIND, PLUGIN, SmsCodes
from xenia_sms.settings import SmsSettings

manifest = Manifest(
    name="sms",
    title=text("sms.title"),
    summary=text("sms.summary"),
    settings=SmsSettings,
    migrations="xenia_sms.piccolo_app",
    libraries=("phonenumbers",),
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return BUDGET_LOW, BUDGET_EXHAUSTED


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return (Permission(READ, "See what text messages have cost."),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(host, Budget(host))


@hookimpl
def nav_items(context: Context, area: str) -> Sequence[NavItem]:
    if area != "console":
        return ()
    href = f"/console/{context.tenant}/sms"
    return (NavItem(area=area, href=href, label=text("sms.title"), icon="phone", permission=READ),)


@hookimpl
def register_channels(host: Host) -> Sequence[Channel]:
    return (SmsChannel(host, Budget(host)),)


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (SmsMethod(host, SmsCodes(host, Budget(host))),)


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    return (SmsEnrolment(host, SmsCodes(host, Budget(host))),)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (SmsCodes(host, Budget(host)).job(),)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (CredentialNotice(host, PLUGIN, frozenset({KIND})),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)
