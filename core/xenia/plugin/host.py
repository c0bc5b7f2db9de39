"""The host: the core's services as a plugin sees them. Every attribute is a Protocol, so that a test passes a fake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from xenia.access.contracts import Access
from xenia.applications.contracts import Applications
from xenia.applications.models import Application
from xenia.clock import Clock
from xenia.context import Context
from xenia.credentials.contracts import Credentials, PasswordCheck
from xenia.events.contracts import Events
from xenia.grants.contracts import Grants, Subjects
from xenia.jobs.contracts import Jobs
from xenia.journeys.contracts import AuthMethod, Enrolment, Journeys, RiskSignal
from xenia.journeys.snoozes import Snoozes
from xenia.management.operations import Noun
from xenia.messages import Catalogue, Text
from xenia.notify.contracts import Notifier
from xenia.pages import PersonalData
from xenia.plugin.manifest import Manifest
from xenia.security.dialer import Dialer
from xenia.security.hashing import PasswordHasher
from xenia.security.limits import Limits
from xenia.security.one_time import OneTime
from xenia.sessions.contracts import Sessions
from xenia.settings import Settings
from xenia.tenants.contracts import SettingsStore, Tenants
from xenia.tokens.contracts import Keys, Revocations, Tokens
from xenia.users.contracts import Merges, Users

if TYPE_CHECKING:
    from xenia.plugin.hooks import Hooks


class Store(Protocol):
    """A plugin's own tables, under the scoped role: the context's tenant is set for the transaction, and nothing else
    is seen.
    """

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        """All rows."""
        ...

    async def fetchrow(self, sql: str, *args: Any) -> Any | None:
        """The first row, or ``None``."""
        ...

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of the first row."""
        ...

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement; the command tag (``UPDATE 1``)."""
        ...


class Sealing(Protocol):
    """Seals what must be read back (seeds, keys, credentials of connections) under the tenant's data key."""

    async def seal(self, context: Context, purpose: str, row: str, plaintext: bytes) -> bytes:
        """Seal for one purpose and row; nothing else opens it."""
        ...

    async def open(self, context: Context, purpose: str, row: str, sealed: bytes) -> bytes:
        """Open. Raises ``SealError`` on anything that was moved or changed."""
        ...


class Host(Protocol):
    """Everything the core offers. Handed to each ``register_*`` hook once, at start."""

    @property
    def settings(self) -> Settings:
        """The settings of the process."""
        ...

    @property
    def config(self) -> SettingsStore:
        """Settings of plugins, by context."""
        ...

    @property
    def hooks(self) -> Hooks:
        """Asks the other plugins."""
        ...

    @property
    def clock(self) -> Clock:
        """Injected time."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """Every sentence, in every language."""
        ...

    @property
    def tenants(self) -> Tenants:
        """Tenants."""
        ...

    @property
    def users(self) -> Users:
        """Users."""
        ...

    @property
    def merges(self) -> Merges:
        """Accounts of one person made one, and parted again."""
        ...

    @property
    def credentials(self) -> Credentials:
        """Credentials."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Sessions."""
        ...

    @property
    def grants(self) -> Grants:
        """Grants."""
        ...

    @property
    def subjects(self) -> Subjects:
        """What applications see as ``sub``."""
        ...

    @property
    def keys(self) -> Keys:
        """Signing keys."""
        ...

    @property
    def tokens(self) -> Tokens:
        """Codes and tokens."""
        ...

    @property
    def revocations(self) -> Revocations:
        """What ended."""
        ...

    @property
    def applications(self) -> Applications:
        """Applications."""
        ...

    @property
    def journeys(self) -> Journeys:
        """Ways to a session."""
        ...

    @property
    def events(self) -> Events:
        """The audit log and outbox."""
        ...

    @property
    def access(self) -> Access:
        """Permissions."""
        ...

    @property
    def notify(self) -> Notifier:
        """Messages to people."""
        ...

    @property
    def jobs(self) -> Jobs:
        """Deferred work."""
        ...

    @property
    def hasher(self) -> PasswordHasher:
        """argon2id, in a bounded pool."""
        ...

    @property
    def limits(self) -> Limits:
        """Limits that hold under a race."""
        ...

    @property
    def one_time(self) -> OneTime:
        """Things that work once."""
        ...

    @property
    def snoozes(self) -> Snoozes:
        """Who doesn't want to be asked something now, or ever."""
        ...

    @property
    def sealing(self) -> Sealing:
        """Sealed secrets."""
        ...

    @property
    def dialer(self) -> Dialer:
        """Every outgoing connection."""
        ...

    @property
    def plugins(self) -> tuple[Manifest, ...]:
        """The manifests of every installed plugin, in requirement order."""
        ...

    @property
    def folders(self) -> Mapping[str, Path]:
        """Where each plugin's package lies, by the plugin's name: its templates and static files are below."""
        ...

    @property
    def nouns(self) -> tuple[tuple[str, Noun], ...]:
        """What the management API can do, each noun with the plugin that contributes it."""
        ...

    @property
    def personal_data(self) -> tuple[PersonalData, ...]:
        """What every installed plugin can do with a person's data, for who exports a person or merges two."""
        ...

    async def password_checks(self, context: Context) -> tuple[PasswordCheck, ...]:
        """The checks of a new password that are on for the context's tenant, whichever plugin contributes them."""
        ...

    async def claim_sources(self, context: Context) -> tuple[Any, ...]:
        """The sources of claims about a user that are on for the context's tenant."""
        ...

    async def risk_signals(self, context: Context) -> tuple[RiskSignal, ...]:
        """What the context's tenant looks at in a sign-in, whichever plugin contributes it."""
        ...

    async def directories(self, context: Context) -> tuple[Any, ...]:
        """The outside directories of users that are on for the context's tenant."""
        ...

    async def connectors(self, context: Context) -> tuple[Any, ...]:
        """The connectors for workflows that are on for the context's tenant."""
        ...

    async def protocol_settings(self, context: Context) -> Mapping[str, type[msgspec.Struct]]:
        """What each protocol that is on for the context's tenant keeps with an application, by the protocol's name."""
        ...

    async def weaknesses(self, application: Application) -> tuple[Text, ...]:
        """What the application's protocols that are on warn of: what it may do that a new one should not."""
        ...

    async def document(self, context: Context, application: str = "") -> str:
        """The context's tenant as its document, which ``xenia apply`` takes; with ``application`` that part alone.
        Secrets are references. Raises ``NotFound``.
        """
        ...

    async def problems(self, context: Context, plugin: str) -> tuple[Text, ...]:
        """What the health checks of a plugin find wrong with this installation now. Only administrators of every tenant are told
        what it is, since paths and addresses may stand in it; others that there is something.
        """
        ...

    async def auth_methods(self, context: Context) -> tuple[AuthMethod, ...]:
        """The ways to prove who one is that are on for the context's tenant."""
        ...

    async def enrolments(self, context: Context) -> tuple[Enrolment, ...]:
        """The ways to get a credential that are on for the context's tenant."""
        ...

    def keyed_digest(self, purpose: str, *parts: str) -> bytes:
        """A keyed digest (HMAC-SHA-256), the same for ever: for what has too little entropy for a plain one, or is to be
        made up anew each time. ``purpose`` begins with the plugin's name; a tenant's values have its id among the parts.
        """
        ...

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """One transaction for everything awaited inside; joined where one runs already. Never await a hook or the
        network inside.
        """
        ...

    def store(self, context: Context) -> AbstractAsyncContextManager[Store]:
        """The plugin's own tables for the context's tenant, in one transaction."""
        ...

    def tables(self, context: Context) -> Store:
        """The same tables for statements that need no transaction together: each is one by itself, and takes one trip to the
        database where :meth:`store` takes three. Inside a running transaction they are part of it.
        """
        ...

    async def url(self, context: Context, path: str) -> str:
        """The absolute address of ``path`` below the tenant's issuer."""
        ...
