"""Passwords: proving, choosing, changing, forgetting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    AuthMethod,
    Context,
    CredentialNotice,
    Enrolment,
    EventType,
    Host,
    Job,
    Journey,
    Manifest,
    Need,
    PasswordCheck,
    PersonalData,
    Sentences,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_password.checks import CommonCheck, ContextCheck
from xenia_password.enrolment import PasswordEnrolment
from xenia_password.method import PasswordMethod
from xenia_password.personal_data import personal_data
from xenia_password.policy import Policy
from xenia_password.reset import JOB, ResetService
from xenia_password.routes import routes
from xenia_password.seeds import Seeder
from xenia_password.service import PLUGIN, PasswordService
from xenia_password.settings import PasswordSettings
from xenia_password.watch import change_needed

manifest = Manifest(
    name="password",
    title=text("password.label"),
    summary=text("password.summary"),
    settings=PasswordSettings,
    default_on=True,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (
        EventType("password.changed", "A password was changed."),
        EventType("password.change_required", "Somebody signed in with a password that must be changed first."),
        EventType("password.reset_requested", "A link to reset a password was sent."),
    )


@hookimpl
def register_auth_methods(host: Host) -> Sequence[AuthMethod]:
    return (PasswordMethod(host, PasswordService(host)),)


@hookimpl
def register_enrolments(host: Host) -> Sequence[Enrolment]:
    return (PasswordEnrolment(host, PasswordService(host), Policy(host)),)


@hookimpl
def register_password_checks(host: Host) -> Sequence[PasswordCheck]:
    return CommonCheck(host), ContextCheck(host)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(host, ResetService(host, PasswordService(host), Policy(host)))


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return (Job(name=JOB, run=ResetService(host, PasswordService(host), Policy(host)).send),)


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (CredentialNotice(host, PLUGIN, frozenset({PLUGIN}), tells=("removed",)),)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
def plan_journey(journey: Journey) -> Sequence[Need]:
    return change_needed(journey)


@hookimpl
async def seed_credential(host: Host, context: Context, user_id: UUID, kind: str, value: str) -> bool | None:
    return await Seeder(host).seed(context, user_id, kind, value)


@hookimpl
async def invitation(host: Host, context: Context, user_id: UUID, lifetime: timedelta) -> str | None:
    return await ResetService(host, PasswordService(host), Policy(host)).invitation(context, user_id, lifetime)


@hookimpl
async def send_way_in(host: Host, context: Context, user_id: UUID) -> bool | None:
    return await ResetService(host, PasswordService(host), Policy(host)).send_for_somebody(context, user_id)


@hookimpl
async def require_change(host: Host, context: Context, user_id: UUID, kind: str) -> bool | None:
    return await PasswordService(host).demand_change(context, user_id) if kind == PLUGIN else None
