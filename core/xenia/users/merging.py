"""Merging two accounts of one person, and parting them again within thirty days.

The target stays: it gets what the source is found by, what applications know the source as (so that nobody's ``sub``
changes), attributes that it lacks, and what plugins move. It never gets roles. The source is left empty and disabled.
Everything happens in one transaction; whoever was signed in with the source signs in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from xenia.context import SYSTEM_TENANT, Context
from xenia.db import Database
from xenia.errors import Conflict, NotFound
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.grants.moving import SubjectMoves
from xenia.ids import new_id
from xenia.messages import text
from xenia.pages import PersonalData
from xenia.users import events as types
from xenia.users import tables
from xenia.users.contracts import Users
from xenia.users.models import MergePreview, User, UserStatus
from xenia.users.service import MOST_IDENTIFIERS, EndUser, search_of

if TYPE_CHECKING:
    from xenia.plugin.host import Sealing

_PURPOSE = "merge"


class _Record(msgspec.Struct, frozen=True):
    """What was moved: the way back."""

    identifiers: list[tuple[str, str, bool]]
    subjects: list[str]
    attributes: dict[str, Any]
    plugins: list[tuple[str, dict[str, Any]]]


class MergeService:
    """Merges and parts users of one tenant and pool."""

    def __init__(
        self,
        database: Database,
        events: Events,
        users: Users,
        sealing: Sealing,
        end_user: EndUser,
        personal_data: Callable[[], Sequence[PersonalData]],
    ) -> None:
        self._database = database
        self._events = events
        self._users = users
        self._sealing = sealing
        self._end_user = end_user
        self._personal_data = personal_data
        self._subjects = SubjectMoves(database)

    # -- asking

    async def preview(self, context: Context, source: UUID, target: UUID) -> MergePreview:
        """What a merge would do. Raises as :meth:`merge`."""
        gone, stays = await self._pair(context, source, target)
        return MergePreview(
            identifiers=gone.identifiers,
            attributes=tuple(sorted(_lacking(gone, stays))),
            changed_subjects=await self._subjects.clashes(context, source, target),
        )

    # -- merging

    async def merge(self, context: Context, source: UUID, target: UUID) -> UUID:
        """Make two accounts one; the merge's id, for :meth:`undo`.

        Raises ``NotFound`` where one isn't there, ``Conflict`` where they can't be one: the same, disabled, of two pools,
        administrators, or with too many identifiers together.
        """
        async with self._database.transaction():
            for user_id in sorted((source, target)):
                await self._database.execute(tables.LOCK, context.tenant, user_id)
            gone, stays = await self._pair(context, source, target)
            record = await self._move(context, gone, stays)
            await self._empty(context, source)
            id_ = new_id()
            sealed = await self._sealing.seal(context, _PURPOSE, str(id_), msgspec.json.encode(record))
            await self._database.execute(tables.ADD_MERGE, context.tenant, id_, source, target, sealed)
            await self._tell(context, types.MERGED, target, {"merge": str(id_), "source": str(source)})
        return id_

    async def _pair(self, context: Context, source: UUID, target: UUID) -> tuple[User, User]:
        gone, stays = await self._users.get(context, source), await self._users.get(context, target)
        if gone is None or stays is None:
            raise NotFound("no such user")
        if source == target or gone.pool != stays.pool or context.tenant == SYSTEM_TENANT:
            raise Conflict("these can't be one", public=text("user.not_mergeable"))
        if {gone.status, stays.status} != {UserStatus.ACTIVE}:
            raise Conflict("both must be active", public=text("user.not_mergeable"))
        if len(gone.identifiers) + len(stays.identifiers) > MOST_IDENTIFIERS:
            raise Conflict("too many identifiers", public=text("user.too_many_identifiers"))
        return gone, stays

    async def _move(self, context: Context, gone: User, stays: User) -> _Record:
        rows = await self._database.fetch(tables.MOVE_IDENTIFIERS, context.tenant, gone.id, stays.id)
        filled = _lacking(gone, stays)
        if filled:
            await self._set_attributes(context, stays.id, {**stays.attributes, **filled})
        return _Record(
            identifiers=[(row["kind"], row["normalised"], row["was_primary"]) for row in rows],
            subjects=await self._subjects.move(context, gone.id, stays.id),
            attributes=filled,
            plugins=[(one.name, await one.move(context, gone.id, stays.id)) for one in self._personal_data()],
        )

    async def _empty(self, context: Context, user_id: UUID) -> None:
        await self._database.execute(tables.SET_STATUS, context.tenant, user_id, UserStatus.DISABLED.value, 1)
        await self._end_user(context, user_id, "user_merged")

    # -- parting

    async def undo(self, context: Context, merge_id: UUID) -> bool:
        """Part them again, once; ``False`` where there is no such merge, it was undone, or is older than thirty days.

        Whoever is signed in with either signs in again. Raises ``Conflict`` where a plugin is gone that moved something, or
        an account was erased.
        """
        async with self._database.transaction():
            row = await self._database.fetchrow(tables.UNDO_MERGE, context.tenant, merge_id)
            if row is None:
                return False
            opened = await self._sealing.open(context, _PURPOSE, str(merge_id), row["record"])
            await self._part(context, row["source"], row["target"], msgspec.json.decode(opened, type=_Record))
            data = {"merge": str(merge_id), "source": str(row["source"])}
            await self._tell(context, types.UNMERGED, row["target"], data)
        return True

    async def _part(self, context: Context, source: UUID, target: UUID, record: _Record) -> None:
        owners = {one.name: one for one in self._personal_data()}
        if gone := {name for name, _ in record.plugins} - owners.keys():
            raise Conflict(f"not installed any more: {', '.join(sorted(gone))}")
        for user_id in sorted((source, target)):
            await self._database.execute(tables.LOCK, context.tenant, user_id)
        await self._database.execute(tables.SET_STATUS, context.tenant, source, UserStatus.ACTIVE.value, 1)
        for name, moved in reversed(record.plugins):
            await owners[name].restore(context, moved)
        for kind, normalised, was_primary in record.identifiers:
            values = (target, source, kind, normalised, was_primary)
            await self._database.execute(tables.RETURN_IDENTIFIER, context.tenant, *values)
            await self._database.execute(tables.PROMOTE, context.tenant, target, kind)
        await self._subjects.move_back(context, source, target, record.subjects)
        await self._take_attributes(context, target, record.attributes)
        for user_id in (source, target):
            await self._end_user(context, user_id, "user_unmerged")

    async def _take_attributes(self, context: Context, target: UUID, filled: Mapping[str, Any]) -> None:
        """What was filled in goes again, unless it was changed since."""
        user = await self._users.get(context, target)
        if user is None or not filled:
            return
        left = {name: value for name, value in user.attributes.items() if filled.get(name) != value}
        await self._set_attributes(context, target, left)

    async def _set_attributes(self, context: Context, user_id: UUID, attributes: dict[str, Any]) -> None:
        values = (msgspec.json.encode(attributes).decode(), search_of(attributes))
        await self._database.execute(tables.SET_ATTRIBUTES, context.tenant, user_id, *values)

    async def forget(self, context: Context, user_id: UUID) -> None:
        """An erased person's merges can't be undone: the way back holds their data."""
        await self._database.execute(tables.FORGET_MERGES, context.tenant, user_id)

    async def _tell(self, context: Context, type_: str, target: UUID, data: dict[str, Any]) -> None:
        about = Object("user", str(target))
        await self._events.record(context, NewEvent(type=type_, object=about, data=data, person=target))


def _lacking(gone: User, stays: User) -> dict[str, Any]:
    return {name: value for name, value in gone.attributes.items() if name not in stays.attributes}


if TYPE_CHECKING:
    from xenia.users.contracts import Merges

    _merges: type[Merges] = MergeService
