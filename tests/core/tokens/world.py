"""Sessions, grants and tokens wired as in a process, over a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from xenia.cache import ConfigCache
from xenia.clock import FrozenClock, SystemClock
from xenia.context import Context, Source
from xenia.db import Database, Row
from xenia.events.service import EventService
from xenia.grants import events as grant_events
from xenia.grants.models import Grant, NewGrant
from xenia.grants.service import GrantService, SubjectService
from xenia.ids import new_id
from xenia.security.sealing import MasterKey
from xenia.security.vault import Vault
from xenia.sessions import events as session_events
from xenia.sessions.models import Factor, Proof, Session
from xenia.sessions.service import SessionService
from xenia.tenants.models import SessionSettings, Tenant
from xenia.tokens import events as token_events
from xenia.tokens.keys import KeyService
from xenia.tokens.models import RefreshRotation
from xenia.tokens.providers import LocalKeys
from xenia.tokens.revocations import RevocationLog
from xenia.tokens.service import TokenService

ACME = Context(tenant="acme", source=Source("192.0.2.7", "Mozilla/5.0", "request-1"))
OTHER = Context(tenant="other")
MASTER = MasterKey(bytes(range(32)))
TYPES = frozenset(kind.name for kinds in (session_events, grant_events, token_events) for kind in kinds.EVENTS)
PASSWORD = Proof(
    method="password", factors=frozenset({Factor.KNOWLEDGE}), amr=("pwd",), at=datetime(2026, 11, 22, tzinfo=UTC)
)
TOTP = Proof(method="totp", factors=frozenset({Factor.POSSESSION}), amr=("otp",), at=datetime(2026, 11, 22, tzinfo=UTC))


class TwoTenants:
    """The tenants ``acme`` and ``other``."""

    async def get(self, tenant_id: str) -> Tenant | None:
        """One of the two."""
        if tenant_id not in ("acme", "other"):
            return None
        return Tenant(id=tenant_id, title=tenant_id, issuer=f"https://{tenant_id}.example")

    async def by_host(self, host: str) -> Tenant | None:
        """No host is anybody's here."""
        return None

    async def all(self) -> tuple[Tenant, ...]:
        """None are listed here."""
        return ()

    async def change(
        self, context: Context, tenant_id: str, *, title: str | None = None, hosts: Sequence[str] | None = None
    ) -> Tenant:
        """Nothing is switched here."""
        raise AssertionError

    async def switch_on(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Nothing is switched here."""
        raise AssertionError

    async def switch_off(self, context: Context, tenant_id: str, plugin: str) -> Tenant:
        """Nothing is switched here."""
        raise AssertionError


class _Undone(Exception):
    """Rolls a transaction back."""


@asynccontextmanager
async def rolled_back(database: Database) -> AsyncIterator[None]:
    """A transaction that comes to nothing."""
    with suppress(_Undone):
        async with database.transaction():
            yield
            raise _Undone


class CountingDatabase(Database):
    """Counts the statements that are run, those that begin and end transactions aside."""

    count = 0

    async def _run(self, verb: str, sql: str, args: Sequence[Any]) -> Any:
        self.count += 1
        return await super()._run(verb, sql, args)

    @contextmanager
    def counted(self, expected: int) -> Iterator[None]:
        """Insist that what runs inside takes so many statements."""
        before = self.count
        yield
        assert self.count - before == expected


class World:
    """One process's services. A second one over the same database is another process."""

    def __init__(
        self, database: Database, *, trusted: float = 0.0, live: bool = False, real_time: bool = False
    ) -> None:
        self.database = database
        self.clock = FrozenClock(datetime.now(UTC))
        self.tenants = TwoTenants()
        self.cache = ConfigCache(database, live=live, clock=self.clock)
        self.vault = Vault(database, MASTER)
        self.events = EventService(database, self.vault, TYPES)
        self.revocations = RevocationLog(database, SystemClock() if real_time else self.clock, trusted=trusted)
        self.grants = GrantService(database, self.events, self.revocations, self.clock)
        self.subjects = SubjectService(database)
        self.sessions = SessionService(database, self.events, self.grants, self.revocations)
        self.keys = KeyService(database, self.cache, self.events, LocalKeys(self.vault))
        self.tokens = TokenService(
            database,
            keys=self.keys,
            grants=self.grants,
            tenants=self.tenants,
            events=self.events,
            revocations=self.revocations,
            sealing=self.vault,
            clock=self.clock,
            audit=self.events.record,
        )

    async def populate(self) -> None:
        """Two tenants with two applications each."""
        for tenant in ("acme", "other"):
            await self.database.execute(
                "INSERT INTO tenants (id, title, issuer) VALUES ($1, $1, $2)", tenant, f"https://{tenant}.example"
            )
            for application in ("shop", "blog"):
                await self.database.execute(
                    "INSERT INTO applications (tenant_id, id, title) VALUES ($1, $2, $2)", tenant, application
                )

    async def user(self, tenant: str = "acme") -> UUID:
        """A new active user."""
        user_id = new_id()
        await self.database.execute("INSERT INTO users (tenant_id, id) VALUES ($1, $2)", tenant, user_id)
        return user_id

    async def disable(self, user_id: UUID) -> None:
        """Disable a user of acme as the users' service does."""
        async with self.database.transaction():
            await self.database.execute("UPDATE users SET status = 'disabled' WHERE id = $1", user_id)
            await self.sessions.end_user(ACME, user_id, reason="disabled")

    async def sign_in(
        self,
        user_id: UUID,
        *,
        replaces: UUID | None = None,
        proof: Proof = PASSWORD,
        shape: Mapping[str, Any] | None = None,
    ) -> tuple[Session, str]:
        """A session of acme and its secret."""
        lifetime = SessionSettings()
        return await self.sessions.begin(
            ACME, user_id, (proof,), "aal1", proof.amr, lifetime, shape or {"fields": {}}, replaces
        )

    async def grant(self, user_id: UUID | None = None, *, session: Session | None = None, **more: Any) -> Grant:
        """A grant of acme's shop, for a new user where none is given."""
        user_id = user_id or await self.user()
        new = NewGrant(
            application="shop",
            user_id=user_id,
            subject=await self.subjects.of_user(ACME, user_id),
            session_id=session.id if session else None,
            scope=("openid",),
            **more,
        )
        return await self.grants.open(ACME, new)

    async def refresh(self, token: str, application: str = "shop") -> RefreshRotation:
        """Use a refresh token."""
        return await self.tokens.rotate_refresh(ACME, token, application)

    async def recorded(self, type_: str) -> list[Row]:
        """The events of a kind."""
        return await self.database.fetch("SELECT * FROM events WHERE type = $1 ORDER BY id", type_)
