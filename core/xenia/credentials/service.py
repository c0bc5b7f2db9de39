"""Credentials: opaque to the core, sealed for their row, advanced and spent by one conditional statement each.

Statements: ``of_user``, ``summaries``, ``by_lookup``, ``advance``, ``touch`` and ``use`` 1; ``consume``, ``add`` and the
rest 2, ``add`` that replaces 4. ``of_user`` and ``summaries`` of one person share one within a request that looks once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from xenia.context import Context
from xenia.credentials import events as types
from xenia.credentials import tables
from xenia.credentials.models import Adoption, Credential, CredentialSummary, NewCredential, Used
from xenia.db import Database, Row
from xenia.errors import Conflict, Invalid, NotFound
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.ids import new_id
from xenia.looks import look_anew, looked_at
from xenia.messages import text

if TYPE_CHECKING:
    from xenia.plugin.host import Sealing

MAX_LABEL = 100
_MOST_COUNTER = (1 << 63) - 1


class CredentialService:
    """The credentials of the context's tenant."""

    def __init__(self, database: Database, events: Events, sealing: Sealing) -> None:
        self._database = database
        self._events = events
        self._sealing = sealing

    # -- asking

    async def of_user(self, context: Context, user_id: UUID, kind: str) -> tuple[Credential, ...]:
        """The user's credentials of a kind, opened, oldest first."""
        rows = await self._rows(context, user_id)
        return tuple([await self._opened(context, row) for row in rows if row["kind"] == kind])

    async def summaries(self, context: Context, user_id: UUID) -> tuple[CredentialSummary, ...]:
        """Everything the user has enrolled, unopened."""
        return tuple(tables.summary_from(row) for row in await self._rows(context, user_id))

    async def _rows(self, context: Context, user_id: UUID) -> Sequence[Row]:
        """All of a person's rows, of whatever kind: they are few, and a sign-in asks for several kinds of them."""
        return await looked_at(
            ("credentials", context.tenant, user_id),
            lambda: self._database.fetch(tables.OF_USER, context.tenant, user_id),
        )

    async def by_lookup(self, context: Context, kind: str, lookup: bytes) -> Credential | None:
        """The credential found without knowing the user."""
        row = await self._database.fetchrow(tables.BY_LOOKUP, context.tenant, kind, lookup)
        return await self._opened(context, row) if row else None

    async def count_users(self, context: Context, plugin: str) -> int:
        """How many people have a credential of a plugin: whom switching it off affects."""
        return int(await self._database.fetchval(tables.COUNT_USERS, context.tenant, plugin))

    async def adoption(self, context: Context, *, most: int = 10_000) -> Adoption:
        """Who enrolled what, the commonest kind first, among the newest ``most`` people."""
        rows = await self._database.fetch(tables.ADOPTION, context.tenant, most)
        whole, kinds = rows[0], rows[1:]
        return Adoption(people=whole["people"], second=whole["second"], kinds=tuple(map(tables.in_use_from, kinds)))

    async def _opened(self, context: Context, row: Row) -> Credential:
        data = await self._sealing.open(context, _purpose(row["kind"]), str(row["id"]), row["data"])
        return tables.credential_from(row, data)

    # -- keeping

    async def add(self, context: Context, user_id: UUID, new: NewCredential) -> UUID:
        """Store one. Raises ``Conflict`` where the lookup is taken, ``NotFound`` where there is no such user."""
        label, id_ = _label(new.label), new_id()
        sealed = await self._sealing.seal(context, _purpose(new.kind), str(id_), new.data)
        async with self._database.transaction():
            # The user's row is held, so that of two that replace the same credential the later one stays alone.
            if not await self._database.fetchval(tables.HOLD_USER, context.tenant, user_id):
                raise NotFound(f"no user {user_id}")
            if new.replaces:
                await self._database.execute(tables.REPLACE, context.tenant, user_id, new.kind)
            values = (new.plugin, new.kind, label, new.second, new.lookup, new.counter, sealed)
            if not await self._database.changed(tables.INSERT, context.tenant, id_, user_id, *values):
                raise Conflict(f"this {new.kind} is enrolled already", public=text("credential.taken"))
            data: dict[str, object] = {
                "plugin": new.plugin,
                "kind": new.kind,
                "second": new.second,
                "replaces": new.replaces,
            }
            await self._tell(context, types.ADDED, id_, user_id, data)
        return id_

    async def set_data(self, context: Context, credential_id: UUID, data: bytes) -> bool:
        """Replace the data (a rehashed password); ``False`` where it is gone."""
        kind = await self._database.fetchval(tables.KIND, context.tenant, credential_id)
        if kind is None:
            return False
        sealed = await self._sealing.seal(context, _purpose(kind), str(credential_id), data)
        return await self._changed(tables.SET_DATA, context.tenant, credential_id, sealed)

    async def rename(self, context: Context, user_id: UUID, credential_id: UUID, label: str) -> bool:
        """Give it another label."""
        shown = _label(label)
        async with self._database.transaction():
            return await self._told(context, types.RENAMED, tables.RENAME, user_id, credential_id, shown) == 1

    # -- using

    async def advance(self, context: Context, credential_id: UUID, counter: int) -> bool:
        """Raise the counter and stamp the use: ``True`` only if it was lower before. One conditional statement, so of
        many only one wins.
        """
        if not 0 <= counter <= _MOST_COUNTER:
            return False
        return await self._changed(tables.ADVANCE, context.tenant, credential_id, counter)

    async def consume(self, context: Context, credential_id: UUID) -> bool:
        """Spend it: ``True`` for exactly one of any number of callers. What was spent is gone."""
        async with self._database.transaction():
            return await self._told(context, types.SPENT, tables.CONSUME, credential_id) == 1

    async def touch(self, context: Context, credential_id: UUID) -> None:
        """Stamp a use that spends nothing."""
        await self._changed(tables.TOUCH, context.tenant, credential_id)

    async def use(self, context: Context, user_id: UUID, credential_ids: Collection[UUID]) -> Used:
        """Stamp several of one person, in the running transaction, and learn which are still there: nobody can remove
        those before it ends.
        """
        row = await self._database.fetchrow(tables.USE, context.tenant, user_id, list(credential_ids))
        assert row is not None  # noqa: S101  the statement always answers with one row
        self._database.after_commit(look_anew)
        return Used(credentials=frozenset(row["used"]), has_second=row["has_second"])

    async def _changed(self, sql: str, *values: object) -> bool:
        """Change one row without an event."""
        changed = await self._database.changed(sql, *values)
        self._database.after_commit(look_anew)
        return changed == 1

    # -- removing

    async def remove(
        self, context: Context, user_id: UUID, credential_id: UUID, *, keep_one_of: Collection[str] = ()
    ) -> bool:
        """Remove one of the user's credentials; not the last one of the kinds in ``keep_one_of``, if it is one of them."""
        async with self._database.transaction():
            if keep_one_of and await self._is_last(context, user_id, credential_id, keep_one_of):
                return False
            return await self._told(context, types.REMOVED, tables.REMOVE, user_id, credential_id) == 1

    async def _is_last(self, context: Context, user_id: UUID, credential_id: UUID, kinds: Collection[str]) -> bool:
        """The user's row is held, so that of two who remove the last two, one is too late."""
        await self._database.fetchval(tables.HOLD_USER, context.tenant, user_id)
        kept = {one.id for one in await self.summaries(context, user_id) if one.kind in kinds}
        return kept == {credential_id}

    async def remove_kind(self, context: Context, user_id: UUID, kind: str) -> int:
        """Remove all of a kind; the number removed."""
        async with self._database.transaction():
            return await self._told(context, types.REMOVED, tables.REMOVE_KIND, user_id, kind)

    async def move(self, context: Context, user_id: UUID, to: UUID, credential_ids: Collection[UUID]) -> int:
        """Give credentials of a person to another, as they are: of two accounts that become one. The number that was still there."""
        async with self._database.transaction():
            if not await self._database.fetchval(tables.HOLD_USER, context.tenant, to):
                raise NotFound(f"no user {to}")
            return await self._told(context, types.MOVED, tables.MOVE, user_id, to, list(credential_ids))

    async def remove_all(self, context: Context, user_id: UUID) -> None:
        """Remove everything of a person that is being erased, in the running transaction; the erasure's own event tells
        of it.
        """
        await self._database.execute(tables.REMOVE_ALL, context.tenant, user_id)
        self._database.after_commit(look_anew)

    async def _told(self, context: Context, event: str, sql: str, *values: object) -> int:
        """Change rows and tell of each."""
        rows = await self._database.fetch(sql, context.tenant, *values)
        for row in rows:
            data: dict[str, object] = {"plugin": row["plugin"], "kind": row["kind"]}
            await self._tell(context, event, row["id"], row["user_id"], data)
        return len(rows)

    async def _tell(self, context: Context, event: str, id_: UUID, user_id: UUID, data: dict[str, object]) -> None:
        about = Object("credential", str(id_))
        told = NewEvent(type=event, object=about, data={**data, "user": str(user_id)}, person=user_id)
        await self._events.record(context, told)
        self._database.after_commit(look_anew)


def _purpose(kind: str) -> str:
    return f"credential:{kind}"


def _label(words: str) -> str:
    label = words.strip()
    if len(label) > MAX_LABEL or not (label.isprintable() or not label):
        raise Invalid({"label": text("credential.label", length=MAX_LABEL)})
    return label


if TYPE_CHECKING:
    from xenia.credentials.contracts import Credentials

    def _proof(service: CredentialService) -> Credentials:
        return service
