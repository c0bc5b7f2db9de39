"""Protection: puzzles and limits before a guess, attacks that are noticed and answered, and “This wasn’t me”."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    Admission,
    Context,
    EventType,
    Host,
    Job,
    Journey,
    LoginAttempt,
    LoginDecision,
    Manifest,
    NavItem,
    Need,
    NoticeLink,
    Noun,
    Outgoing,
    Permission,
    PersonalData,
    Sentences,
    Session,
    SlotPart,
    StepKind,
    Subscriber,
    hookimpl,
    read_locales,
    text,
)
from xenia_protection import pages, routes
from xenia_protection.admission import Gatekeeper
from xenia_protection.blocks import BLOCKED, UNBLOCKED
from xenia_protection.decisions import step_up
from xenia_protection.disowning import DISOWNED, RECOVERED, Disowning
from xenia_protection.jobs import jobs
from xenia_protection.locked import LockedAccount
from xenia_protection.management import protection
from xenia_protection.notices import IdentifierNotice, NewDeviceNotice
from xenia_protection.pages import READ, WRITE
from xenia_protection.personal_data import personal_data
from xenia_protection.reactions import EndAgain
from xenia_protection.recovery import Recovery
from xenia_protection.sessions import LEAKED, CopiedSession
from xenia_protection.settings import ProtectionSettings
from xenia_protection.step import PuzzleStep
from xenia_protection.watch import BEGAN, ENDED

manifest = Manifest(
    name="protection",
    title=text("protection.title"),
    summary=text("protection.summary"),
    settings=ProtectionSettings,
    migrations="xenia_protection.piccolo_app",
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (
        EventType(BEGAN, "An attack began."),
        EventType(ENDED, "An attack was over."),
        EventType(BLOCKED, "A network was blocked for a while."),
        EventType(UNBLOCKED, "A network was let through again."),
        EventType(LEAKED, "A session turned up in another browser and another network."),
        EventType(DISOWNED, "A person said that a change of their account wasn’t theirs."),
        EventType(RECOVERED, "A person had an account back that they had disowned."),
    )


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return (
        Permission(READ, "See attacks and what is blocked."),
        Permission(WRITE, "Unblock networks, and let people into accounts that wait for them."),
    )


@hookimpl
def register_journey_steps(host: Host) -> Sequence[StepKind]:
    return LockedAccount(host), PuzzleStep(host)


@hookimpl
def register_nouns() -> Sequence[Noun]:
    return (protection,)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return [*routes.routes(host), *pages.routes(host)]


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return EndAgain(host), IdentifierNotice(host)


@hookimpl
def register_jobs(host: Host) -> Sequence[Job]:
    return jobs(host)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


@hookimpl
async def admit_attempt(host: Host, context: Context, journey: Journey) -> Admission | None:
    return await Gatekeeper(host).admit(context, journey)


@hookimpl
async def plan_journey(host: Host, context: Context, journey: Journey) -> Sequence[Need]:
    return await Recovery(host).needs(context, journey)


@hookimpl
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    return await Recovery(host).decide(context, attempt) or await step_up(host, context, attempt)


@hookimpl
async def shape_session(host: Host, context: Context, session: Session) -> Mapping[str, Any] | None:
    await NewDeviceNotice(host).look(context, session)
    return None


@hookimpl
async def doubts_session(host: Host, context: Context, session: Session) -> str | None:
    return await CopiedSession(host).doubt(context, session)


@hookimpl
async def notice_links(host: Host, context: Context, user_id: UUID, message: Outgoing) -> Sequence[NoticeLink]:
    return await Disowning(host).links(context, user_id, message)


@hookimpl
def page_slot(slot: str) -> Sequence[SlotPart]:
    return (SlotPart(template="protection/script.html"),) if slot == "journey.foot" else ()


@hookimpl
def nav_items(context: Context, area: str) -> Sequence[NavItem]:
    if area != "console":
        return ()
    href = f"/console/{context.tenant}/protection"
    return (NavItem(area=area, href=href, label=text("protection.title"), icon="shield", permission=READ),)
