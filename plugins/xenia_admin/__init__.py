"""The console: administrators sign in by OpenID Connect and look after the tenants that they were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from litestar.handlers import BaseRouteHandler

from xenia.api import ConsoleSessions, EventType, Host, Manifest, PersonalData, Sentences, hookimpl, read_locales, text
from xenia_admin import sign_in, tenants
from xenia_admin.administrators import Gate
from xenia_admin.events import EVENTS
from xenia_admin.pages import PAGES
from xenia_admin.personal_data import personal_data
from xenia_admin.settings import AdminSettings

manifest = Manifest(
    name="admin",
    title=text("admin.title"),
    summary=text("admin.summary"),
    settings=AdminSettings,
    migrations="xenia_admin.piccolo_app",
    default_on=True,
)
_gates: WeakKeyDictionary[Host, Gate] = WeakKeyDictionary()


@hookimpl
def register_messages() -> Mapping[str, Sentences]:
    return read_locales(Path(__file__).with_name("locales"))


@hookimpl
def register_events() -> Sequence[EventType]:
    return EVENTS


@hookimpl
def register_console_sessions(host: Host) -> Sequence[ConsoleSessions]:
    return (_gate_of(host),)


@hookimpl
def register_routes(host: Host) -> Sequence[BaseRouteHandler]:
    pages = (page.route(host) for page in PAGES)
    return (*sign_in.routes(host, _gate_of(host)), *tenants.routes(host), *pages)


@hookimpl
def register_personal_data(host: Host) -> Sequence[PersonalData]:
    return (personal_data(host),)


def _gate_of(host: Host) -> Gate:
    """The host's gate, so that every hook speaks of the same one."""
    if host not in _gates:
        _gates[host] = Gate(host)
    return _gates[host]
