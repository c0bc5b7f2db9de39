"""Grants and subjects.

Statements: ``get`` 1; ``of_client`` none while the grant is in memory and the revocation log is sure, else 1 or 2 (the
first use of a client's grant 3); ``open`` 3 (hold the user and session,
insert, event) in one transaction; ``end`` 2 rounds over the tree, 1 for the revocation log, 1 per grant for its event.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from xenia.clock import Clock, SystemClock
from xenia.context import Context
from xenia.db import Database, Row, in_transaction
from xenia.errors import Conflict
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.grants import events as types
from xenia.grants import tables
from xenia.grants.joins import as_grant
from xenia.grants.models import Grant, NewGrant
from xenia.ids import new_id
from xenia.sessions.liveness import hold

_SUBJECT_BYTES = 16


STANDING_SECONDS = 60.0
"""How long a client's grant is kept in memory: far shorter than the revocation log remembers that one ended."""

_MOST_STANDING = 10_000


class Revoker(Protocol):
    """Tells every process what ended."""

    async def is_ended(self, context: Context, *, grant: UUID) -> bool:
        """Whether it ended, as far as anybody was told."""
        ...

    async def record(self, context: Context, kind: str, ids: Iterable[str]) -> None:
        """Write it to the revocation log, in the running transaction."""
        ...


class GrantService:
    """The standing permissions above codes, tokens and refresh families."""

    def __init__(
        self,
        database: Database,
        events: Events,
        revoker: Revoker,
        clock: Clock = SystemClock(),  # noqa: B008  no state
    ) -> None:
        self._database = database
        self._events = events
        self._revoker = revoker
        self._clock = clock
        self._standing: OrderedDict[tuple[str, str], tuple[float, Grant]] = OrderedDict()

    async def open(self, context: Context, new: NewGrant) -> Grant:
        """Open a grant, with its event. ``Conflict`` where the user, the session, the parent or the
        application has gone meanwhile.
        """
        async with self._database.transaction():
            if new.user_id and not await hold(self._database, context.tenant, new.user_id, new.session_id):
                raise Conflict("the user or the session has ended")
            row = await self._database.fetchrow(tables.OPEN, *_parameters(context, new))
            if row is None:
                raise Conflict("the grant above or the application has gone")
            await self._tell(context, types.OPENED, row, {"scope": list(new.scope)})
        return as_grant(row)

    async def of_client(self, context: Context, application: str) -> Grant:
        """The standing grant of an application that acts for itself; made at its first use.

        From memory, where the revocation log says that it has not ended: so nothing is issued under one whose end was
        acknowledged. Nothing else of such a grant ever changes.
        """
        if in_transaction():
            return await self._of_client(context, application)
        place, now = (context.tenant, application), self._clock.monotonic()
        since, known = self._standing.get(place, (now, None))
        if known and now - since < STANDING_SECONDS and not await self._revoker.is_ended(context, grant=known.id):
            return known
        found = await self._of_client(context, application)
        self._standing[place] = (now, found)
        if len(self._standing) > _MOST_STANDING:
            self._standing.popitem(last=False)
        return found

    async def _of_client(self, context: Context, application: str) -> Grant:
        row = await self._database.fetchrow(tables.OF_CLIENT, context.tenant, application)
        if row is None:
            await self._open_client(context, application)
            row = await self._database.fetchrow(tables.OF_CLIENT, context.tenant, application)
        if row is None:
            raise Conflict("the client's grant was ended while it was opened, or the application is gone")
        return as_grant(row)

    async def _open_client(self, context: Context, application: str) -> None:
        """Of many at once one opens it, and all use what is then stored."""
        async with self._database.transaction():
            made = await self._database.fetchval(tables.OPEN_CLIENT, context.tenant, new_id(), application)
            if made:
                data = {"application": application}
                await self._events.record(
                    context, NewEvent(type=types.OPENED, object=Object("grant", str(made)), data=data)
                )

    async def get(self, context: Context, grant_id: UUID) -> Grant | None:
        """A grant that has not ended."""
        row = await self._database.fetchrow(tables.GET, context.tenant, grant_id)
        return as_grant(row) if row else None

    async def of_user(self, context: Context, user_id: UUID) -> tuple[Grant, ...]:
        """The live grants of a person, newest first."""
        return tuple(map(as_grant, await self._database.fetch(tables.OF_USER, context.tenant, user_id)))

    async def of_session(self, context: Context, session_id: UUID) -> tuple[Grant, ...]:
        """Every grant that was opened in a session, ended ones too: whom a logout must be told to."""
        return tuple(map(as_grant, await self._database.fetch(tables.OF_SESSION, context.tenant, session_id)))

    async def end(self, context: Context, grant_id: UUID, *, reason: str) -> bool:
        """End it and everything beneath.

        ``True`` for exactly one caller, once no process accepts its tokens any more.
        """
        async with self._database.transaction():
            ended = await self._end(context, [grant_id], reason)
        return grant_id in ended

    async def end_of_sessions(self, context: Context, session_ids: Iterable[UUID], *, reason: str) -> int:
        """End what lives and dies with these sessions, in the running transaction that ended them; the number ended."""
        rows = await self._database.fetch(tables.OFFSPRING_OF_SESSIONS, context.tenant, list(session_ids))
        return len(await self._end(context, [row["id"] for row in rows], reason))

    async def end_of_user(self, context: Context, user_id: UUID, *, reason: str) -> int:
        """End every grant of a person, offline ones too, in the running transaction; the number ended."""
        rows = await self._database.fetch(tables.OFFSPRING_OF_USER, context.tenant, user_id)
        return len(await self._end(context, [row["id"] for row in rows], reason))

    async def _end(self, context: Context, roots: list[UUID], reason: str) -> set[UUID]:
        """A grant opened below while we waited for its parent's lock is seen by the next round."""
        ended: set[UUID] = set()
        while roots and (rows := await self._database.fetch(tables.END_BELOW, context.tenant, roots)):
            await self._revoker.record(context, "grant", (str(row["id"]) for row in rows))
            for row in rows:
                await self._tell(context, types.ENDED, row, {"reason": reason})
            ended.update(row["id"] for row in rows)
        return ended

    async def _tell(self, context: Context, type_: str, row: Row, data: dict[str, object]) -> None:
        about = {"application": row["application_id"], **data}
        event = NewEvent(type=type_, object=Object("grant", str(row["id"])), data=about, person=row["user_id"])
        await self._events.record(context, event)


class SubjectService:
    """What an application sees as ``sub``. One statement where it exists, three where it is made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_user(self, context: Context, user_id: UUID, sector: str = "") -> str:
        """The subject of a user in a sector (empty = public), made at its first use."""
        place = (context.tenant, user_id, sector)
        value = await self._database.fetchval(tables.SUBJECT_OF_USER, *place)
        if value is None:
            await self._database.execute(tables.ADD_SUBJECT, *place, secrets.token_urlsafe(_SUBJECT_BYTES))
            value = await self._database.fetchval(tables.SUBJECT_OF_USER, *place)
        return str(value)

    async def user_of(self, context: Context, subject: str) -> UUID | None:
        """The user behind a subject of this tenant."""
        if "\0" in subject:  # which PostgreSQL's text can't hold
            return None
        found: UUID | None = await self._database.fetchval(tables.USER_OF_SUBJECT, context.tenant, subject)
        return found


def _parameters(context: Context, new: NewGrant) -> tuple[object, ...]:
    return (
        context.tenant,
        new_id(),
        new.application,
        new.user_id,
        new.subject,
        new.session_id,
        new.parent,
        list(new.scope),
        list(new.resources),
        new.acr,
        list(new.amr),
        new.auth_time,
        new.offline,
        tables.as_json(new.data),
        new.lifetime,
    )


if TYPE_CHECKING:
    from xenia.grants.contracts import Grants, Subjects

    def _grants(service: GrantService) -> Grants:
        return service

    def _subjects(service: SubjectService) -> Subjects:
        return service
