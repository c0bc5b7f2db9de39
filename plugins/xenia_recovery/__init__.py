"""Lost factors: a second factor that is gone is replaced after a waiting time in which everybody is told and anybody may object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    AuthMethod,
    Context,
    EventType,
    Host,
    Job,
    Manifest,
    NavItem,
    Noun,
    Permission,
    PersonalData,
    Sentences,
    StepKind,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_recovery import pages
from xenia_recovery.jobs import jobs
from xenia_recovery.management import recovery
from xenia_recovery.method import LostFactor
from xenia_recovery.names import Names
from xenia_recovery.pages import READ, WRITE
from xenia_recovery.personal_data import personal_data
from xenia_recovery.reactions import EndWithLastFactor
from xenia_recovery.routes import routes
from xenia_recovery.service import CANCELLED, REQUESTED, SHORTENED, USED, Requests
from xenia_recovery.settings import RecoverySettings
from xenia_recovery.step import FoundFactor

manifest = Manifest(
    name="recovery",
    title=text("recovery.title"),
    summary=text("recovery.summary"),
    settings=RecoverySettings,
    migrations="xenia_recovery.piccolo_app",
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (
        EventType(REQUESTED, "Somebody who lost a second factor asked to do without it."),
        EventType(CANCELLED, "A request to do without a lost factor was cancelled."),
        EventType(SHORTENED, "An administrator shortened the wait of somebody who lost a factor."),
        EventType(USED, "A journey goes on without a lost factor, to set up another."),
    )


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return Permission(READ, "See who lost a factor and waits."), Permission(WRITE, "Cancel or shorten such a wait.")


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (LostFactor(host, Requests(host)),)


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return (FoundFactor(Requests(host)),)


@hookimpl
def register_nouns() -> Sequence[Noun]:
    return (recovery,)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return [*routes(host, Requests(host), Names(host)), *pages.routes(host, Requests(host))]


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (EndWithLastFactor(host, Requests(host)),)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return jobs(host)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
def nav_items(context: Context, area: str) -> Sequence[NavItem]:
    if area != "console":
        return ()
    href = f"/console/{context.tenant}/recovery"
    return (NavItem(area=area, href=href, label=text("recovery.console.title"), icon="clock", permission=READ),)
