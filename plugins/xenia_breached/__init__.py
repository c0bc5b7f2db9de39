"""Leaked passwords: refused where one is chosen, changed where one is used to sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xenia.api import (
    Command,
    EventType,
    HealthCheck,
    Host,
    Manifest,
    PasswordCheck,
    Sentences,
    hookimpl,
    read_locales,
    text,
)
from xenia_breached.check import LeakedCheck
from xenia_breached.command import COMMAND
from xenia_breached.health import can_be_read
from xenia_breached.lookup import Lookup
from xenia_breached.settings import BreachedSettings

manifest = Manifest(
    name="breached",
    title=text("breached.title"),
    summary=text("breached.summary"),
    settings=BreachedSettings,
    default_on=True,
)


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).parent / "locales")


@hookimpl
def register_events() -> Sequence[EventType]:
    return (EventType("breached.not_looked_up", "A new password was taken that nobody could look up."),)


@hookimpl
def register_password_checks(host: Host) -> Sequence[PasswordCheck]:
    return (LeakedCheck(host, Lookup(host)),)


@hookimpl
def register_commands(host: Host) -> Sequence[Command]:
    return (COMMAND,)


@hookimpl
def register_health_checks(host: Host) -> Sequence[HealthCheck]:
    lookup = Lookup(host)
    return (HealthCheck(name="breached", check=lambda: can_be_read(lookup)),)
