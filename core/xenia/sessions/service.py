"""Sessions: begun at the end of a journey, known by a secret in a cookie, ended with the grants that stand on them.

Statements: ``by_secret`` 1, which touches the row at most once a minute; ``begin`` 2 in one transaction (insert,
event), 3 where it renews; ``end`` 1, plus 1 for the revocation log, 1 for its event, and what its grants cost. The
database's clock decides every limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from xenia.context import Context, system_actor
from xenia.db import Database, Row
from xenia.errors import NotSignedIn
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.grants.service import GrantService, Revoker
from xenia.ids import new_id
from xenia.security.secrets import check_secret, digest, new_secret
from xenia.sessions import events as types
from xenia.sessions import tables
from xenia.sessions.models import Proof, Session
from xenia.tenants.models import SessionSettings

COOKIE_KIND = "ss"
"""The kind of a session's secret: ``xss_...``."""

MAX_PAGE = 200
_LONGEST_USER_AGENT = 512


class SessionService:
    """The signed-in browsers of every tenant."""

    def __init__(self, database: Database, events: Events, grants: GrantService, revoker: Revoker) -> None:
        self._database = database
        self._events = events
        self._grants = grants
        self._revoker = revoker

    # -- the journey's end

    async def begin(
        self,
        context: Context,
        user_id: UUID,
        proofs: Sequence[Proof],
        acr: str,
        amr: Sequence[str],
        lifetime: SessionSettings,
        shape: Mapping[str, Any],
        replaces: UUID | None = None,
    ) -> tuple[Session, str]:
        """Begin a session, or renew the one this browser has: the session and the cookie's new secret.

        The same person signing in again keeps the session's id, and so what hangs on it, with the proofs of both;
        another person's session in this browser is ended first. ``shape`` (from ``shape_session``) may shorten
        ``lifetime`` and adds fields. Raises ``NotSignedIn`` where the user is not active. Only the end of a journey
        calls this.
        """
        secret = new_secret(COOKIE_KIND)
        async with self._database.transaction():
            earlier = await self._replaced(context, user_id, replaces)
            given = _merge(earlier.proofs if earlier else (), proofs)
            values = _values(context, user_id, secret, given, acr, amr, lifetime, shape)
            statement, row_id = (tables.RENEW, earlier.id) if earlier else (tables.BEGIN, new_id())
            row = await self._database.fetchrow(statement, *values, row_id)
            if row is None:
                raise NotSignedIn("the user is not active")
            session = tables.as_session(row)
            await self._started(context, session, renewed=earlier is not None)
        return session, secret

    async def _replaced(self, context: Context, user_id: UUID, replaces: UUID | None) -> Session | None:
        """The session to be renewed, locked; one that can't be is ended."""
        if replaces is None:
            return None
        row = await self._database.fetchrow(tables.LOCK, context.tenant, user_id, replaces)
        if row is None:
            await self._end(context, tables.END, (replaces, None), "replaced")
        return tables.as_session(row) if row else None

    async def by_secret(self, context: Context, secret: str) -> Session | None:
        """The live session of an active user behind a cookie's secret; seen now. One indexed statement."""
        hashed = check_secret(COOKIE_KIND, secret)
        row = hashed and await self._database.fetchrow(tables.BY_SECRET, context.tenant, hashed)
        return tables.as_session(row) if row else None

    # -- for everybody

    async def get(self, context: Context, session_id: UUID) -> Session | None:
        """A live session by its id."""
        row = await self._database.fetchrow(tables.GET, context.tenant, session_id)
        return tables.as_session(row) if row else None

    async def of_user(self, context: Context, user_id: UUID) -> tuple[Session, ...]:
        """The live sessions of a user, last seen first."""
        return tuple(map(tables.as_session, await self._database.fetch(tables.OF_USER, context.tenant, user_id)))

    async def recent(
        self, context: Context, *, among: frozenset[UUID] | None = None, after: UUID | None = None, limit: int = 50
    ) -> tuple[Session, ...]:
        """A keyset page of live sessions, the newest first; only of the users ``among``, where given."""
        seen = None if among is None else list(among)
        rows = await self._database.fetch(tables.RECENT, context.tenant, after, seen, min(max(limit, 1), MAX_PAGE))
        return tuple(map(tables.as_session, rows))

    async def end(self, context: Context, session_id: UUID, *, user_id: UUID | None = None, reason: str) -> bool:
        """End one (of that user, where given) with all grants beneath it; ``True`` for exactly one caller."""
        async with self._database.transaction():
            ended = await self._end(context, tables.END, (session_id, user_id), reason)
        return ended == 1

    async def end_all(self, context: Context, user_id: UUID, *, keep: UUID | None = None, reason: str) -> int:
        """End all sessions of a user but ``keep``; the number ended."""
        async with self._database.transaction():
            return await self._end(context, tables.END_ALL, (user_id, keep), reason)

    async def end_user(self, context: Context, user_id: UUID, *, reason: str) -> None:
        """End all that stands on a user, offline grants too, in the transaction that disables or erases the user.

        That transaction must change the user's row first: whoever signs in meanwhile then waits for it and is refused.
        """
        async with self._database.transaction():
            await self._end(context, tables.END_ALL, (user_id, None), reason)
            await self._grants.end_of_user(context, user_id, reason=reason)

    async def sweep(self, most: int = 500) -> int:
        """End up to ``most`` sessions of all tenants whose time is over, so that their grants end too.

        The number ended.
        """
        return await self._sweep(tables.END_EXPIRED, most, "expired")

    async def sweep_idle(self, most: int = 500) -> int:
        """End up to ``most`` sessions of all tenants that nobody used for too long. The number ended."""
        return await self._sweep(tables.END_IDLE, most, "idle")

    async def _sweep(self, statement: str, most: int, reason: str) -> int:
        async with self._database.transaction():
            rows = await self._database.fetch(statement, most)
            for tenant, ended in groupby(sorted(rows, key=_tenant), key=_tenant):
                context = Context(tenant=tenant, actor=system_actor("sessions"))
                await self._bury(context, list(ended), reason)
        return len(rows)

    async def _end(self, context: Context, statement: str, args: tuple[object, ...], reason: str) -> int:
        rows = await self._database.fetch(statement, context.tenant, *args)
        await self._bury(context, rows, reason)
        return len(rows)

    async def _bury(self, context: Context, rows: Sequence[Row], reason: str) -> None:
        """What follows the end of sessions, in the same transaction."""
        if not rows:
            return
        await self._revoker.record(context, "session", (str(row["id"]) for row in rows))
        for row in rows:
            event = NewEvent(
                type=types.ENDED,
                object=Object("session", str(row["id"])),
                data={"reason": reason},
                person=row["user_id"],
            )
            await self._events.record(context, event)
        await self._grants.end_of_sessions(context, [row["id"] for row in rows], reason=reason)

    async def _started(self, context: Context, session: Session, *, renewed: bool) -> None:
        event = NewEvent(
            type=types.STARTED,
            object=Object("session", str(session.id)),
            data={"acr": session.acr, "amr": list(session.amr), "renewed": renewed},
            personal={"address": session.address, "user_agent": session.user_agent},
            person=session.user_id,
        )
        await self._events.record(context, event)


def _merge(earlier: Iterable[Proof], later: Iterable[Proof]) -> tuple[Proof, ...]:
    """The proofs of both; of the same method and credential the later one counts."""
    return tuple({(proof.method, proof.credential): proof for proof in (*earlier, *later)}.values())


def _values(
    context: Context,
    user_id: UUID,
    secret: str,
    proofs: Sequence[Proof],
    acr: str,
    amr: Sequence[str],
    lifetime: SessionSettings,
    shape: Mapping[str, Any],
) -> tuple[object, ...]:
    """The first eleven parameters that beginning and renewing share. A shape only ever shortens."""
    return (
        context.tenant,
        user_id,
        digest(secret),
        acr,
        list(amr),
        tables.as_json(proofs),
        tables.as_json(shape.get("fields", {})),
        context.source.address,
        context.source.user_agent[:_LONGEST_USER_AGENT],
        min(lifetime.idle_seconds, shape.get("idle_seconds", lifetime.idle_seconds)),
        min(lifetime.absolute_seconds, shape.get("absolute_seconds", lifetime.absolute_seconds)),
    )


def _tenant(row: Row) -> str:
    return str(row["tenant_id"])


if TYPE_CHECKING:
    from xenia.sessions.contracts import Sessions

    def _sessions(service: SessionService) -> Sessions:
        return service
