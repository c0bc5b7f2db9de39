"""What plugins contributed, by kind and name, and the view of it that one tenant has.

Built once at start; a duplicate name stops the start and names both plugins. At run time a capability is a dictionary
look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import msgspec
from litestar.handlers import BaseRouteHandler

from xenia.access.models import Permission
from xenia.errors import SetupError
from xenia.events.contracts import Subscriber
from xenia.events.models import EventType
from xenia.http.models import ConsoleSessions, HotRoute
from xenia.jobs.models import Job
from xenia.journeys.contracts import AuthMethod, Enrolment, ProtocolHandler, RiskSignal, StepKind
from xenia.management.operations import Noun
from xenia.messages import DEFAULT_LOCALE, Catalogue
from xenia.notify.contracts import Channel
from xenia.pages import Command, HealthCheck, PersonalData
from xenia.plugin.hooks import Hooks
from xenia.plugin.host import Host
from xenia.ui import Renderer

T = TypeVar("T")
CORE = "core"


class Shelf(Generic[T]):
    """Contributions of one kind: by name, each with its plugin."""

    def __init__(self, kind: str, *, by_plugin: bool = False) -> None:
        self.kind = kind
        self._by_plugin = by_plugin  # each plugin has names of its own
        self._items: dict[str, tuple[str, T]] = {}

    def key(self, plugin: str, name: str) -> str:
        """What a contribution is found by."""
        return f"{plugin} {name}" if self._by_plugin else name

    def add(self, plugin: str, name: str, item: T) -> None:
        """Add one. Raises ``SetupError`` where the name is taken."""
        if name in self._items:
            other = self._items[name][0]
            raise SetupError(f"the plugins {other} and {plugin} both register the {self.kind} {name}: rename one")
        self._items[name] = (plugin, item)

    def all(self) -> Mapping[str, T]:
        """Every contribution, whoever made it."""
        return {name: item for name, (_, item) in self._items.items()}

    def owner(self, name: str) -> str:
        """The plugin that made the contribution ``name`` (``""`` = nobody)."""
        return self._items[name][0] if name in self._items else ""

    def of(self, plugins: frozenset[str]) -> dict[str, T]:
        """The contributions of the core and of ``plugins``, in the order they were made."""
        return {name: item for name, (plugin, item) in self._items.items() if plugin == CORE or plugin in plugins}

    def owned(self) -> Iterable[tuple[str, T]]:
        """Pairs of plugin and contribution."""
        return self._items.values()


class View(msgspec.Struct, frozen=True):
    """What one tenant's plugins offer."""

    auth_methods: dict[str, AuthMethod]
    enrolments: dict[str, Enrolment]
    steps: dict[str, StepKind]
    protocols: dict[str, ProtocolHandler]
    channels: dict[str, Channel]
    claim_sources: dict[str, Any]
    password_checks: dict[str, Any]
    risk_signals: dict[str, RiskSignal]
    directories: dict[str, Any]
    connectors: dict[str, Any]


class Registry:
    """All contributions. The core only passes some on to whichever plugin reads them (signals, directories, connectors)."""

    def __init__(self) -> None:
        self.auth_methods: Shelf[AuthMethod] = Shelf("authentication method")
        self.enrolments: Shelf[Enrolment] = Shelf("enrolment")
        self.steps: Shelf[StepKind] = Shelf("journey step")
        self.protocols: Shelf[ProtocolHandler] = Shelf("protocol")
        self.channels: Shelf[Channel] = Shelf("channel")
        self.claim_sources: Shelf[Any] = Shelf("claim source")
        self.password_checks: Shelf[Any] = Shelf("password check")
        self.risk_signals: Shelf[RiskSignal] = Shelf("risk signal")
        self.directories: Shelf[Any] = Shelf("directory")
        self.connectors: Shelf[Any] = Shelf("connector")
        self.permissions: Shelf[Permission] = Shelf("permission")
        self.events: Shelf[EventType] = Shelf("event type")
        self.nouns: Shelf[Noun] = Shelf("noun")
        self.routes: Shelf[BaseRouteHandler] = Shelf("route")
        self.hot_routes: Shelf[HotRoute] = Shelf("hot route")
        self.console_sessions: Shelf[ConsoleSessions] = Shelf("console")
        self.personal_data: Shelf[PersonalData] = Shelf("personal data")
        self.subscribers: Shelf[Subscriber] = Shelf("subscriber")
        self.jobs: Shelf[Job] = Shelf("job")
        self.commands: Shelf[Command] = Shelf("command", by_plugin=True)
        self.health_checks: Shelf[HealthCheck] = Shelf("health check")
        self.renderers: Shelf[Renderer] = Shelf("renderer")
        self._views: dict[frozenset[str], View] = {}

    def view(self, plugins: frozenset[str]) -> View:
        """What a tenant with these plugins is offered. Cached: there are few different sets."""
        if plugins not in self._views:
            if len(self._views) > 10_000:
                self._views.clear()
            self._views[plugins] = self._view(plugins)
        return self._views[plugins]

    def _view(self, plugins: frozenset[str]) -> View:
        return View(
            auth_methods=self.auth_methods.of(plugins),
            enrolments=self.enrolments.of(plugins),
            steps=self.steps.of(plugins),
            protocols=self.protocols.of(plugins),
            channels=self.channels.of(plugins),
            claim_sources=self.claim_sources.of(plugins),
            password_checks=self.password_checks.of(plugins),
            risk_signals=self.risk_signals.of(plugins),
            directories=self.directories.of(plugins),
            connectors=self.connectors.of(plugins),
        )


def collect_words(hooks: Hooks, catalogue: Catalogue, registry: Registry) -> None:
    """Sentences, event types and permissions: what needs no host. An event's title is the sentence ``event.<name>``."""
    _collect_sentences(hooks, catalogue)
    _shelve(hooks.contributions("register_events"), registry.events, _name)
    _shelve(hooks.contributions("register_permissions"), registry.permissions, _name)
    known = catalogue.ids()
    titles = {f"event.{name}": kind.title for name, kind in registry.events.all().items()}
    catalogue.add({DEFAULT_LOCALE: {id_: title for id_, title in titles.items() if id_ not in known}})


def _collect_sentences(hooks: Hooks, catalogue: Catalogue) -> None:
    owners = dict.fromkeys(catalogue.ids(), CORE)
    try:
        for plugin, locales in hooks.contributions("register_messages"):
            ids = {id_ for sentences in locales.values() for id_ in sentences}
            if taken := sorted(ids & owners.keys()):
                raise SetupError(
                    f"{owners[taken[0]]} and {plugin} both have sentences called {', '.join(taken)}: begin each with the plugin's name"
                )
            catalogue.add(locales)
            owners.update(dict.fromkeys(ids, plugin))
    except ValueError as problem:  # a file of sentences that can't be read, which is named in it
        raise SetupError(str(problem)) from problem


def collect(hooks: Hooks, host: Host, registry: Registry) -> None:
    """Everything else, in requirement order."""
    for hook, shelf, name in _kinds(registry):
        _shelve(hooks.contributions(hook, host=host), shelf, name)
    _check_permissions(registry)
    if len(registry.renderers.all()) > 1:
        raise SetupError("two plugins draw pages: leave one renderer out of `plugins`")


def _check_permissions(registry: Registry) -> None:
    """An operation that asks for a permission which nobody registers would be refused to everybody, and nobody would know why."""
    known = registry.permissions.all()
    for plugin, noun in registry.nouns.owned():
        if missing := sorted({one.permission for one in noun.operations} - known.keys()):
            raise SetupError(
                f"the plugin {plugin} asks for {', '.join(missing)} in the management API and registers no such permission: "
                "return its noun's permissions from register_permissions"
            )


def _kinds(registry: Registry) -> tuple[tuple[str, Shelf[Any], Callable[[Any], str]], ...]:
    return (
        ("register_auth_methods", registry.auth_methods, _name),
        ("register_enrolments", registry.enrolments, _name),
        ("register_journey_steps", registry.steps, _name),
        ("register_protocols", registry.protocols, _name),
        ("register_channels", registry.channels, _name),
        ("register_claim_sources", registry.claim_sources, _name),
        ("register_password_checks", registry.password_checks, _name),
        ("register_risk_signals", registry.risk_signals, _name),
        ("register_directories", registry.directories, _name),
        ("register_connectors", registry.connectors, _name),
        ("register_nouns", registry.nouns, _name),
        ("register_routes", registry.routes, _route_name),
        ("register_hot_routes", registry.hot_routes, _hot_route_name),
        ("register_console_sessions", registry.console_sessions, _class_name),
        ("register_personal_data", registry.personal_data, _name),
        ("register_subscribers", registry.subscribers, _name),
        ("register_jobs", registry.jobs, _name),
        ("register_commands", registry.commands, _name),
        ("register_health_checks", registry.health_checks, _name),
        ("register_renderer", registry.renderers, _class_name),
    )


def _shelve(contributions: Iterable[tuple[str, Any]], shelf: Shelf[Any], name: Callable[[Any], str]) -> None:
    for plugin, items in contributions:
        if not isinstance(items, Iterable):
            raise SetupError(
                f"the plugin {plugin} registers {type(items).__name__} in place of {shelf.kind}s: return a tuple of them, from a plain function"
            )
        for item in items:
            try:
                shelf.add(plugin, shelf.key(plugin, name(item)), item)
            except AttributeError as problem:
                raise SetupError(
                    f"the plugin {plugin} registers a {shelf.kind} that is no such thing: {problem}"
                ) from problem


def _name(item: Any) -> str:
    return str(item.name)


def _route_name(handler: Any) -> str:
    methods = ",".join(sorted(str(method) for method in getattr(handler, "http_methods", ())))
    return f"{methods} {' '.join(sorted(handler.paths))}"


def _hot_route_name(route: HotRoute) -> str:
    return route.path


def _class_name(item: Any) -> str:
    return type(item).__name__
