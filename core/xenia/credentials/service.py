"""Credentials at rest: opaque rows, sealed one by one, spent and advanced by conditional statements.

Statements: ``of_user``, ``summaries``, ``by_lookup``, ``advance``, ``touch`` and ``set_data`` 1; ``add``, ``remove``, ``rename`` and ``consume``
2 in one transaction (the change and its event), ``add`` 4 where it replaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from xenia.context import Context
from xenia.credentials import events, tables
from xenia.credentials.models import Credential, CredentialSummary, NewCredential
from xenia.db import Database, Row
from xenia.errors import Conflict, NotFound
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.ids import new_id
from xenia.plugin.host import Sealing


class CredentialService:
    """The credentials of every tenant."""

    def __init__(self, database: Database, log: Events, sealing: Sealing) -> None:
        self._database = database
        self._events = log
        self._sealing = sealing

    # -- reading

    async def of_user(self, context: Context, user_id: UUID, kind: str) -> tuple[Credential, ...]:
        """The user's credentials of a kind, opened, oldest first."""
        rows = await self._database.fetch(tables.OF_USER, context.tenant, user_id, kind)
        return tuple([await self._opened(context, row) for row in rows])

    async def summaries(self, context: Context, user_id: UUID) -> tuple[CredentialSummary, ...]:
        """Everything the user has enrolled, unopened."""
        return tuple(map(tables.as_summary, await self._database.fetch(tables.SUMMARIES, context.tenant, user_id)))

    async def by_lookup(self, context: Context, kind: str, lookup: bytes) -> Credential | None:
        """The credential found without knowing the user."""
        row = await self._database.fetchrow(tables.BY_LOOKUP, context.tenant, kind, lookup)
        return await self._opened(context, row) if row else None

    async def count_users(self, context: Context, plugin: str) -> int:
        """How many people have a credential of a plugin: whom switching it off affects."""
        return int(await self._database.fetchval(tables.COUNT_USERS, context.tenant, plugin))

    async def _opened(self, context: Context, row: Row) -> Credential:
        data = await self._sealing.open(context, _purpose(row["kind"]), str(row["id"]), row["data"])
        return tables.as_credential(row, data)

    # -- changing

    async def add(self, context: Context, user_id: UUID, new: NewCredential) -> UUID:
        """Store one. Raises ``Conflict`` where the lookup is taken and ``NotFound`` where the user is gone."""
        id_ = new_id()
        data = await self._sealing.seal(context, _purpose(new.kind), str(id_), new.data)
        row = (id_, user_id, new.plugin, new.kind, new.label, new.second, new.lookup, new.counter, data)
        try:
            async with self._database.transaction():
                if new.replaces:
                    await self._clear_place(context, user_id, new.kind)
                await self._database.execute(tables.ADD, context.tenant, *row)
                await self._tell(context, events.ADDED, user_id, id_, new.plugin, new.kind)
        except asyncpg.UniqueViolationError as problem:
            raise Conflict("the credential is known already") from problem
        except asyncpg.ForeignKeyViolationError as problem:
            raise NotFound("no such user") from problem
        return id_

    async def _clear_place(self, context: Context, user_id: UUID, kind: str) -> None:
        """Remove what is replaced; the user's row is locked, so that of two replacements at once only one stays."""
        await self._database.execute(tables.LOCK_USER, context.tenant, user_id)
        await self._database.execute(tables.REMOVE_KIND, context.tenant, user_id, kind)

    async def set_data(self, context: Context, credential_id: UUID, data: bytes) -> bool:
        """Replace the data (a rehashed password); ``False`` where it is gone."""
        kind = await self._database.fetchval(tables.KIND, context.tenant, credential_id)
        if kind is None:
            return False
        sealed = await self._sealing.seal(context, _purpose(kind), str(credential_id), data)
        return await self._database.changed(tables.SET_DATA, context.tenant, credential_id, sealed) == 1

    async def rename(self, context: Context, user_id: UUID, credential_id: UUID, label: str) -> bool:
        """Give it another label."""
        return await self._change(context, tables.RENAME, (user_id, credential_id, label), events.RENAMED) == 1

    async def advance(self, context: Context, credential_id: UUID, counter: int) -> bool:
        """Raise the counter and stamp the use: ``True`` only if it was lower before."""
        return await self._database.changed(tables.ADVANCE, context.tenant, credential_id, counter) == 1

    async def consume(self, context: Context, credential_id: UUID) -> bool:
        """Spend it: ``True`` for exactly one of any number of callers."""
        return await self._change(context, tables.CONSUME, (credential_id,), events.SPENT) == 1

    async def touch(self, context: Context, credential_id: UUID) -> None:
        """Stamp a use that spends nothing."""
        await self._database.execute(tables.TOUCH, context.tenant, credential_id)

    async def remove(self, context: Context, user_id: UUID, credential_id: UUID) -> bool:
        """Remove one of the user's credentials."""
        return await self._change(context, tables.REMOVE, (user_id, credential_id), events.REMOVED) == 1

    async def remove_kind(self, context: Context, user_id: UUID, kind: str) -> int:
        """Remove all of a kind; the number removed."""
        return await self._change(context, tables.REMOVE_KIND, (user_id, kind), events.REMOVED)

    async def _change(self, context: Context, statement: str, given: Sequence[object], type_: str) -> int:
        """Run a statement that returns the rows it changed, and tell of each in the same transaction."""
        async with self._database.transaction():
            rows = await self._database.fetch(statement, context.tenant, *given)
            for row in rows:
                await self._tell(context, type_, row["user_id"], row["id"], row["plugin"], row["kind"])
        return len(rows)

    async def _tell(self, context: Context, type_: str, user_id: UUID, id_: UUID, plugin: str, kind: str) -> None:
        data = {"user": str(user_id), "plugin": plugin, "kind": kind}
        await self._events.record(
            context, NewEvent(type=type_, object=Object("credential", str(id_)), data=data, person=user_id)
        )


def _purpose(kind: str) -> str:
    return f"credential:{kind}"


if TYPE_CHECKING:
    from xenia.credentials.contracts import Credentials

    def _proof(service: CredentialService) -> Credentials:
        return service
