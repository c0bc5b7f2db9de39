"""Opening hours: nobody signs in outside of them. One of each thing that a plugin may contribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar.handlers import BaseRouteHandler

from xenia.api import (
    Command,
    Context,
    EventType,
    Host,
    LoginAttempt,
    LoginDecision,
    Manifest,
    NavItem,
    NewEvent,
    Noun,
    Object,
    Permission,
    Sentences,
    Subscriber,
    Verdict,
    hookimpl,
    read_locales,
    text,
)
from xenia_opening_hours.command import show
from xenia_opening_hours.management import hours
from xenia_opening_hours.notice import Notice
from xenia_opening_hours.pages import READ, routes
from xenia_opening_hours.settings import HoursSettings

manifest = Manifest(
    name="opening_hours",
    title=text("opening_hours.title"),
    summary=text("opening_hours.summary"),
    settings=HoursSettings,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (EventType("opening_hours.refused", "A sign-in was refused outside the opening hours."),)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    return hours.permissions


@hookimpl
def register_nouns() -> Sequence[Noun]:
    return (hours,)


@hookimpl
async def authorize_login(host: Host, context: Context, attempt: LoginAttempt) -> LoginDecision | None:
    settings = await host.config.get(context, HoursSettings)
    if settings.is_open(host.clock.now()):
        return None
    person = Object("user", str(attempt.user_id))
    await host.events.record(context, NewEvent(type="opening_hours.refused", object=person, person=attempt.user_id))
    return LoginDecision(verdict=Verdict.DENY, reason="outside the opening hours", public=text("opening_hours.closed"))


@hookimpl
def register_subscribers(host: Host) -> Sequence[Subscriber]:
    return (Notice(host),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    return routes(host)


@hookimpl
def nav_items(context: Context, area: str) -> Sequence[NavItem]:
    label = text("opening_hours.title")
    if area == "account":
        return (NavItem(area=area, href="/account/opening-hours", label=label, icon="clock"),)
    if area == "console":
        href = f"/console/{context.tenant}/opening-hours"
        return (NavItem(area=area, href=href, label=label, icon="clock", permission=READ),)
    return ()


@hookimpl
def register_commands() -> Sequence[Command]:
    return (Command(name="show", run=show),)
