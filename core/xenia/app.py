"""The composition root: every part made once and given what it needs. Nothing global, nothing found by import.

``Kernel`` is the running system (and the :class:`Host` that plugins see); :func:`create_app` puts the front and the
framework around it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.types import ASGIApp

from xenia.access.permissions import PERMISSIONS
from xenia.access.roles import StoredRoles
from xenia.access.service import AccessService
from xenia.applications.events import EVENTS as APPLICATION_EVENTS
from xenia.applications.models import Application
from xenia.applications.service import ApplicationService
from xenia.background import Background
from xenia.cache import ConfigCache
from xenia.clock import Clock, SystemClock
from xenia.context import SYSTEM_TENANT, Context
from xenia.credentials.contracts import PasswordCheck
from xenia.credentials.events import EVENTS as CREDENTIAL_EVENTS
from xenia.credentials.service import CredentialService
from xenia.db import Database
from xenia.errors import NotFound, XeniaError
from xenia.events.service import EventService
from xenia.events.writer import EventWriter
from xenia.grants.events import EVENTS as GRANT_EVENTS
from xenia.grants.service import GrantService, SubjectService
from xenia.http.answers import from_framework
from xenia.http.forms import FormRequest
from xenia.http.front import Front
from xenia.http.guards import SignInNeeded, enforce
from xenia.http.health import health_endpoints
from xenia.http.models import GuardKind
from xenia.http.routes import RouteOwners, checked_guard
from xenia.jobs.service import JobQueue
from xenia.journeys.attempts import Attempts
from xenia.journeys.contracts import AuthMethod, Cautious, Enrolment, RiskSignal
from xenia.journeys.engine import Engine
from xenia.journeys.finish import EVENTS as JOURNEY_EVENTS
from xenia.journeys.finish import Finisher
from xenia.journeys.offering import Offering
from xenia.journeys.protocols import AccountProtocol, PageProtocol
from xenia.journeys.routes import ROUTES
from xenia.journeys.runner import Runner
from xenia.journeys.service import JourneyService
from xenia.journeys.snoozes import SnoozeService
from xenia.journeys.store import JourneyStore
from xenia.log import log
from xenia.management.operations import Noun
from xenia.messages import Catalogue, Text, read_locales, text
from xenia.notify.contracts import Channel
from xenia.notify.events import EVENTS as NOTIFY_EVENTS
from xenia.notify.rendering import EmailRenderer
from xenia.notify.service import NotifyService
from xenia.pages import PersonalData
from xenia.plugin.hooks import Hooks
from xenia.plugin.host import Store
from xenia.plugin.manifest import Manifest, Plugin, discover
from xenia.plugin.registry import CORE, Registry, collect, collect_words
from xenia.security.csrf import Csrf
from xenia.security.dialer import Dialer
from xenia.security.hashing import PasswordHasher
from xenia.security.limits import Limits
from xenia.security.one_time import OneTime
from xenia.security.proxies import Proxies
from xenia.security.sealing import MasterKey
from xenia.security.secrets import keyed_digest
from xenia.security.vault import Vault
from xenia.sessions.events import EVENTS as SESSION_EVENTS
from xenia.sessions.service import SessionService
from xenia.settings import Settings
from xenia.tenants.events import EVENTS as TENANT_EVENTS
from xenia.tenants.export import Exporter
from xenia.tenants.models import SessionSettings, SignInSettings
from xenia.tenants.service import TenantService
from xenia.tenants.settings import SettingsService
from xenia.tokens.events import EVENTS as TOKEN_EVENTS
from xenia.tokens.keys import KeyService
from xenia.tokens.providers import LocalKeys
from xenia.tokens.revocations import RevocationLog
from xenia.tokens.service import TokenService
from xenia.ui import Renderer
from xenia.users.events import EVENTS as USER_EVENTS
from xenia.users.merging import MergeService
from xenia.users.service import UserService

CORE_EVENTS = (
    *USER_EVENTS, *CREDENTIAL_EVENTS, *SESSION_EVENTS, *GRANT_EVENTS, *TOKEN_EVENTS, *APPLICATION_EVENTS,
    *TENANT_EVENTS, *JOURNEY_EVENTS,
    *NOTIFY_EVENTS,
)  # fmt: skip
CORE_SETTINGS: dict[type[Any], str] = {SignInSettings: "sign_in", SessionSettings: "sessions"}


class Kernel:
    """The running system. Implements :class:`xenia.plugin.host.Host`."""

    def __init__(
        self,
        settings: Settings,
        plugins: Sequence[Plugin],
        database: Database,
        master_key: MasterKey,
        *,
        live: bool,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock or SystemClock()
        self.installed = tuple(plugins)
        self.live = live
        self._words()
        self._security(master_key)
        self._nouns()
        self._people()
        self._journeys()
        collect(self.hooks, self, self.registry)
        self._late()

    # -- the parts, from the ground up

    def _words(self) -> None:
        """Sentences, event types and permissions: everything that is only names."""
        self.catalogue = Catalogue()
        self.catalogue.add(read_locales(Path(__file__).parent / "locales"))
        self.registry = Registry()
        for kind in CORE_EVENTS:
            self.registry.events.add(CORE, kind.name, kind)
        for permission in PERMISSIONS:
            self.registry.permissions.add(CORE, permission.name, permission)
        self.hooks = Hooks(self.installed, self._enabled)
        self.hooks.host = self
        collect_words(self.hooks, self.catalogue, self.registry)

    def _security(self, master_key: MasterKey) -> None:
        self._digest_key = master_key.derive("digest")
        self.csrf = Csrf(master_key.derive("csrf"))
        self.vault = Vault(self.database, master_key)
        self.sealing = self.vault
        self.hasher = PasswordHasher()
        self.limits = Limits(self.database, master_key.derive("limits"))
        self.one_time = OneTime(self.database, master_key.derive("one-time"))
        self.snoozes = SnoozeService(self.database)
        self.dialer = Dialer(self.settings.outgoing_allow, development=self.settings.development)
        self.proxies = Proxies(self.settings.trusted_proxies)

    def _nouns(self) -> None:
        """Tenants, configuration, events, jobs, and what tokens need."""
        self.cache = ConfigCache(self.database, live=self.live, clock=self.clock)
        self.events = EventService(self.database, self.vault, self.registry.events.all().keys())
        self.writer = EventWriter(self.database, self.events)
        self.tenants = TenantService(
            self.database, self.cache, self.events, self.plugins, public_url=self.settings.public_url
        )
        kinds = CORE_SETTINGS | {manifest.settings: manifest.name for manifest in self.plugins if manifest.settings}
        self.config = SettingsService(self.database, self.cache, self.vault, self.events, kinds)
        self.jobs = JobQueue(self.database, self.vault)
        self.revocations = RevocationLog(self.database, self.clock)
        self.revocations.listen("person", self.vault.drop)
        if self.live:
            self.vault.is_current = lambda: self.revocations.is_sure
        self.keys = KeyService(self.database, self.cache, self.events, LocalKeys(self.vault))

    def _people(self) -> None:
        """Users, credentials, grants, sessions, tokens, applications, permissions."""
        self.grants = GrantService(self.database, self.events, self.revocations, self.clock)
        self.subjects = SubjectService(self.database)
        self.sessions = SessionService(self.database, self.events, self.grants, self.revocations)
        self.users = UserService(self.database, self.events, self.tenants, self._end_user, (self._forget,))
        self.credentials = CredentialService(self.database, self.events, self.vault)
        self.merges = MergeService(
            self.database, self.events, self.users, self.vault, self._end_user, lambda: self.personal_data
        )
        self.applications = ApplicationService(
            self.database, self.cache, self.events, self.hasher, self.grants, self._protocol_settings
        )
        self.tokens = TokenService(
            self.database,
            keys=self.keys,
            grants=self.grants,
            tenants=self.tenants,
            events=self.events,
            revocations=self.revocations,
            sealing=self.vault,
            clock=self.clock,
            audit=self.writer.record,
            shape=self.hooks.shape_token if any(self.hooks.impls("shape_token")) else None,
        )
        self.access = AccessService(self.hooks, StoredRoles(self.users, self.tenants), self.registry.permissions.all())
        self.notify = NotifyService(
            self.jobs,
            self.events,
            self.catalogue,
            self.clock,
            self.tenants,
            self.users,
            self._channels,
            links=self.hooks.notice_links,
        )

    def _journeys(self) -> None:
        offering = Offering(
            self.registry, self.hooks, self.tenants, self.config, self.credentials, self.applications, self.users
        )
        store = JourneyStore(self.database, self.vault)
        self.journeys = JourneyService(store, self.sessions, self.users, self.applications, offering, self.clock)
        attempts = Attempts(offering, self.limits)
        finisher = Finisher(
            self.database,
            store,
            self.users,
            self.credentials,
            self.sessions,
            self.events,
            self.hooks,
            self.config,
            attempts,
        )
        engine = Engine(offering, self.users, attempts, self.clock)
        self.runner = Runner(self.database, store, engine, finisher, self.journeys, self.credentials, self.registry)
        for protocol in (PageProtocol(), AccountProtocol()):
            self.registry.protocols.add(CORE, protocol.name, protocol)

    def _late(self) -> None:
        """What needs the plugins' contributions."""
        self.renderer: Renderer | None = next(iter(self.registry.renderers.all().values()), None)
        self.notify.renderer = _mails_of(self.renderer)
        self.background = Background(self)

    async def _end_user(self, context: Context, user_id: UUID, reason: str) -> None:
        await self.sessions.end_user(context, user_id, reason=reason)

    async def _forget(self, context: Context, user_id: UUID) -> None:
        """What plugins keep of a person, whether they are on or off here, then credentials and the key of their events."""
        for plugin, owned in self.registry.personal_data.owned():
            await _erased(plugin, owned, context, user_id)
        await self.credentials.remove_all(context, user_id)
        await self.merges.forget(context, user_id)
        await self.vault.person_forget(context, user_id)
        await self.revocations.record(context, "person", (str(user_id),))

    # -- what the host offers besides its services

    @property
    def plugins(self) -> tuple[Manifest, ...]:
        """The manifests of every installed plugin, in requirement order."""
        return tuple(plugin.manifest for plugin in self.installed)

    @property
    def folders(self) -> Mapping[str, Path]:
        """Where each plugin's package lies, by the plugin's name."""
        return {plugin.name: plugin.folder for plugin in self.installed if plugin.folder}

    @property
    def nouns(self) -> tuple[tuple[str, Noun], ...]:
        """What the management API can do, each noun with the plugin that contributes it."""
        return tuple(self.registry.nouns.owned())

    @property
    def personal_data(self) -> tuple[PersonalData, ...]:
        """What every installed plugin can do with a person's data: a plugin that is off keeps its data too."""
        return tuple(self.registry.personal_data.all().values())

    async def enabled(self, tenant_id: str) -> frozenset[str]:
        """The plugins that are on for a tenant."""
        tenant = await self.tenants.get(tenant_id)
        return tenant.plugins if tenant else frozenset()

    async def _enabled(self, context: Context) -> frozenset[str]:
        return await self.enabled(context.tenant)

    async def protocol_settings(self, context: Context) -> Mapping[str, type[msgspec.Struct]]:
        """What each protocol that is on for the context's tenant keeps with an application."""
        protocols = self.registry.view(await self._enabled(context)).protocols.items()
        return {name: handler.settings for name, handler in protocols if handler.settings}

    async def weaknesses(self, application: Application) -> tuple[Text, ...]:
        """What the application's protocols that are on warn of."""
        protocols: Mapping[str, object] = self.registry.view(await self.enabled(application.tenant)).protocols
        found: list[Text] = []
        for name, part in application.protocols.items():
            if isinstance(handler := protocols.get(name), Cautious):
                found += handler.weaknesses(part)
        return tuple(found)

    async def document(self, context: Context, application: str = "") -> str:
        """The context's tenant as its document, or one application's part of it. Raises ``NotFound``."""
        exporter = Exporter(self.tenants, self.config, self.applications)
        if application:
            return await exporter.application(context, application)
        tenant = await self.tenants.get(context.tenant)
        if tenant is None:
            raise NotFound(f"no tenant {context.tenant}")
        return await exporter.export(context, tenant)

    def _protocol_settings(self) -> dict[str, type[msgspec.Struct]]:
        """What each protocol plugin keeps with an application."""
        protocols = self.registry.protocols.all().items()
        return {name: handler.settings for name, handler in protocols if handler.settings}

    async def _channels(self, context: Context) -> Sequence[Channel]:
        return tuple(self.registry.view(await self._enabled(context)).channels.values())

    async def problems(self, context: Context, plugin: str) -> tuple[Text, ...]:
        """What the health checks of a plugin find wrong now; what it is only for administrators of every tenant."""
        checks = [check for owner, check in self.registry.health_checks.owned() if owner == plugin]
        found = [problem for check in checks if (problem := await check.problem())]
        everywhere = msgspec.structs.replace(context, tenant=SYSTEM_TENANT)
        if found and not await self.access.allows(everywhere, "xenia:plugins:read"):
            return (text("plugin.problem_here"),)
        return tuple(text("plugin.problem", problem=problem) for problem in found)

    async def auth_methods(self, context: Context) -> tuple[AuthMethod, ...]:
        """The ways to prove who one is that are on for the context's tenant."""
        return tuple(self.registry.view(await self._enabled(context)).auth_methods.values())

    async def enrolments(self, context: Context) -> tuple[Enrolment, ...]:
        """The ways to get a credential that are on for the context's tenant."""
        return tuple(self.registry.view(await self._enabled(context)).enrolments.values())

    async def password_checks(self, context: Context) -> tuple[PasswordCheck, ...]:
        """The checks of a new password that are on for the context's tenant."""
        return tuple(self.registry.view(await self._enabled(context)).password_checks.values())

    async def claim_sources(self, context: Context) -> tuple[Any, ...]:
        """The sources of claims about a user that are on for the context's tenant."""
        return tuple(self.registry.view(await self._enabled(context)).claim_sources.values())

    async def risk_signals(self, context: Context) -> tuple[RiskSignal, ...]:
        """What the context's tenant looks at in a sign-in."""
        return tuple(self.registry.view(await self._enabled(context)).risk_signals.values())

    async def directories(self, context: Context) -> tuple[Any, ...]:
        """The outside directories of users that are on for the context's tenant."""
        return tuple(self.registry.view(await self._enabled(context)).directories.values())

    async def connectors(self, context: Context) -> tuple[Any, ...]:
        """The connectors for workflows that are on for the context's tenant."""
        return tuple(self.registry.view(await self._enabled(context)).connectors.values())

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """One transaction for everything awaited inside; joined where one runs already."""
        return self.database.transaction()

    def store(self, context: Context) -> AbstractAsyncContextManager[Store]:
        """A plugin's own tables for the context's tenant."""
        return self.database.scoped(context.tenant)

    def tables(self, context: Context) -> Store:
        """A plugin's own tables, a statement at a time."""
        return self.database.tables(context.tenant)

    async def url(self, context: Context, path: str) -> str:
        """The absolute address of ``path`` below the tenant's issuer: from configuration, never from a request."""
        tenant = await self.tenants.get(context.tenant)
        if tenant is None:
            raise NotFound(f"no tenant {context.tenant}")
        return f"{tenant.issuer}{path}"

    def keyed_digest(self, purpose: str, *parts: str) -> bytes:
        """A keyed digest (HMAC-SHA-256) for what has too little entropy for a plain one."""
        return keyed_digest(self._digest_key, purpose, *parts)

    # -- life

    async def start(self) -> None:
        """Open the database and begin the background work."""
        await self.database.open()
        if self.live:
            await self.background.start()

    async def stop(self) -> None:
        """End the background work, then close the database."""
        await self.background.stop()
        await self.database.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Kernel]:
        """Started for the while, as commands and tests want it."""
        async with AsyncExitStack() as stack:
            await self.start()
            stack.push_async_callback(self.stop)
            yield self


async def _erased(plugin: str, owned: PersonalData, context: Context, user_id: UUID) -> None:
    """Have a plugin erase. One that can't stops the erasure, since half of one would look like a whole one, and is named."""
    try:
        await owned.erase(context, user_id)
    except Exception as problem:
        log.error("erase_failed", tenant=context.tenant, plugin=plugin, problem=repr(problem))
        if isinstance(problem, XeniaError):
            raise
        raise XeniaError(f"nothing was erased: the plugin {plugin} failed to erase its part: {problem!r}") from problem


def _mails_of(renderer: object) -> EmailRenderer | None:
    """The renderer, if it draws e-mails too."""
    return renderer if isinstance(renderer, EmailRenderer) else None


def create_app(
    settings: Settings,
    plugins: Sequence[Plugin] | None = None,
    *,
    database: Database,
    master_key: MasterKey,
    live: bool = True,
    clock: Clock | None = None,
) -> Front:
    """The whole application. ``plugins`` defaults to everything that is installed. Raises ``SetupError`` with one
    clear line.
    """
    installed = discover(settings.plugins) if plugins is None else tuple(plugins)
    kernel = Kernel(settings, installed, database, master_key, live=live, clock=clock)
    return front_of(kernel)


def front_of(kernel: Kernel) -> Front:
    """The ASGI application around a kernel."""
    owners = RouteOwners()
    handlers = list(_routes(kernel, owners))
    hot = {route.path: (plugin, route) for plugin, route in kernel.registry.hot_routes.owned()}
    for path, (plugin, _) in hot.items():
        owners.add(path, plugin)
    return Front(kernel, _framework(kernel, handlers), hot, owners, _process_wide(kernel))


def _routes(kernel: Kernel, owners: RouteOwners) -> Sequence[BaseRouteHandler]:
    handlers: list[BaseRouteHandler] = []
    for plugin, handler in [*((CORE, route) for route in ROUTES), *kernel.registry.routes.owned()]:
        # What a plugin serves for another is there where both are on.
        owned_by = [{plugin, (handler.opt or {}).get("for_plugin", plugin)}]
        if isinstance(handler, HTTPRouteHandler) and checked_guard(plugin, handler).kind is GuardKind.CONSOLE:
            # A page of the console stands where the console is on. Of its own plugin the guard asks the tenant it is about.
            handler.opt["plugin"] = plugin
            owned_by = [{owner} for owner, _ in kernel.registry.console_sessions.owned()]
        for path, owner in product(handler.paths, owned_by):
            owners.add(path, *owner)
        handlers.append(handler)
    return handlers


class _Framework(Litestar):
    """Litestar with msgspec alone: it would import what it has for other libraries merely because they are installed."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def _framework(kernel: Kernel, handlers: Sequence[BaseRouteHandler]) -> Litestar:
    app = _Framework(
        route_handlers=list(handlers),
        guards=[enforce],
        exception_handlers={SignInNeeded: _led_to_sign_in, Exception: from_framework},
        openapi_config=None,
        logging_config=None,
        debug=False,
        request_class=FormRequest,
        on_startup=[kernel.start],
        on_shutdown=[kernel.stop],
        request_max_body_size=None,  # the front enforces the limit
    )
    app.state.kernel = kernel
    app.state.renderer = kernel.renderer
    return app


def _led_to_sign_in(_request: Any, needed: SignInNeeded) -> Any:
    return needed.answer


def _process_wide(kernel: Kernel) -> Mapping[str, ASGIApp]:
    return health_endpoints(kernel)


if TYPE_CHECKING:
    from xenia.plugin.host import Host

    def _proof(kernel: Kernel) -> Host:
        return kernel
