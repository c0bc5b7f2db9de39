"""Users: created, found, changed, disabled and erased, each change with its event in one transaction.

Statements: ``get`` and ``find`` 1 (``get`` of one person once within a request that looks once); ``create`` 3 and one per
identifier; other changes 3 to 5; ``list`` 1, with a search 2.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from xenia.context import Context
from xenia.db import Database
from xenia.errors import BadRequest, Conflict, Invalid, NotFound
from xenia.events.contracts import Events
from xenia.events.models import NewEvent, Object
from xenia.ids import new_id, parse_id
from xenia.looks import look_anew, looked_at
from xenia.messages import text
from xenia.tenants.contracts import Tenants
from xenia.users import events as types
from xenia.users import tables
from xenia.users.attributes import merge
from xenia.users.models import (
    IdentifierKind,
    NewIdentifier,
    NewUser,
    User,
    UserPage,
    UserQuery,
    UserStatus,
)
from xenia.users.normalise import folded, normalise

MAX_PAGE = 200
MOST_IDENTIFIERS = 20
_MOST_ROLES = 100

EndUser = Callable[[Context, UUID, str], Awaitable[None]]
Eraser = Callable[[Context, UUID], Awaitable[None]]


class UserService:
    """The users of the context's tenant and pool.

    ``end_user(context, user, reason)`` ends every session and grant; ``erasers`` remove what other nouns keep of a
    person (credentials, subjects, the key of their events). Both are called inside the transaction of the change.
    """

    def __init__(
        self, database: Database, events: Events, tenants: Tenants, end_user: EndUser, erasers: Sequence[Eraser] = ()
    ) -> None:
        self._database = database
        self._events = events
        self._tenants = tenants
        self._end_user = end_user
        self._erasers = erasers

    # -- asking

    async def get(self, context: Context, user_id: UUID) -> User | None:
        """The user, or ``None``: another tenant's id is as unknown as a random one."""
        return await looked_at(("user", context.tenant, user_id), lambda: self._get(context, user_id))

    async def _get(self, context: Context, user_id: UUID) -> User | None:
        row = await self._database.lookup(tables.GET, context.tenant, user_id)
        return tables.user_from(row) if row else None

    async def find(self, context: Context, kind: IdentifierKind, value: str) -> User | None:
        """The user of the context's pool that has this identifier, compared in its normalised form."""
        try:
            _, normalised = normalise(kind, value)
        except Invalid:
            return None
        row = await self._database.fetchrow(tables.FIND, context.tenant, context.pool, kind.value, normalised)
        return tables.user_from(row) if row else None

    async def list(self, context: Context, query: UserQuery) -> UserPage:
        """A keyset page of users, newest first. Raises ``BadRequest`` for a cursor that isn't one."""
        limit = min(max(query.limit, 1), MAX_PAGE)
        after = parse_id(query.after) if query.after else None
        if query.after and after is None:
            raise BadRequest("the cursor is not one of ours")
        search = folded(query.search)
        if query.search.strip() and not search:
            return UserPage(())
        rows = await tables.page(
            self._database,
            context.tenant,
            context.pool,
            query,
            after=after,
            search=search,
            limit=limit + 1,
        )
        users = tuple(tables.user_from(row) for row in rows[:limit])
        return UserPage(users, str(users[-1].id) if len(rows) > limit else "")

    async def count(self, context: Context, *, most: int = 10_000) -> int:
        """How many people the tenant has; counting ends at ``most``."""
        return int(await self._database.fetchval(tables.COUNT, context.tenant, most))

    # -- creating

    async def create(self, context: Context, new: NewUser) -> User:
        """Create a user. Raises ``Conflict`` where an identifier is taken, ``Invalid`` by field."""
        attributes, _ = merge({}, new.attributes, await self._own_attributes(context))
        identifiers = _normalised(new.identifiers)
        _check_roles(new.roles)
        user_id = new_id()
        search = search_of(attributes)
        async with self._database.transaction():
            values = (_json(attributes), list(new.roles), new.locale, search)
            await self._database.execute(tables.INSERT, context.tenant, user_id, new.pool, *values)
            for one in identifiers:
                await self._insert_identifier(context, new.pool, user_id, one)
            data = {"pool": new.pool, "kinds": [one.kind.value for one in new.identifiers], "roles": list(new.roles)}
            personal = {"identifiers": [one.value for one in identifiers]}
            return await self._changed(context, user_id, types.CREATED, data, personal)

    async def _insert_identifier(self, context: Context, pool: str, user_id: UUID, new: _Normalised) -> None:
        values = (new.kind.value, new.normalised, user_id, new.value, new.primary, new.verified)
        if not await self._database.changed(tables.ADD_IDENTIFIER, context.tenant, pool, *values):
            raise Conflict(f"this {new.kind.value} is taken", public=text("user.taken"))

    # -- changing

    async def set_attributes(self, context: Context, user_id: UUID, changes: Mapping[str, Any]) -> User:
        """Change attributes; a value of ``None`` removes one. Raises ``NotFound`` or ``Invalid``."""
        own = await self._own_attributes(context)
        async with self._database.transaction():
            user = await self._locked(context, user_id)
            merged, fields = merge(user.attributes, changes, own)
            if not fields:
                return user
            values = (_json(merged), search_of(merged))
            await self._database.execute(tables.SET_ATTRIBUTES, context.tenant, user_id, *values)
            return await self._changed(context, user_id, types.CHANGED, {"fields": fields})

    async def set_status(self, context: Context, user_id: UUID, status: UserStatus) -> User:
        """Enable or disable. Disabling ends every session, grant and token at that moment. Erasing is not a status to
        set.
        """
        if status is UserStatus.ERASED:
            raise Invalid({"status": text("form.choice")})
        async with self._database.transaction():
            user = await self._locked(context, user_id)
            if user.status is status:
                return user
            disabled = status is UserStatus.DISABLED
            await self._database.execute(tables.SET_STATUS, context.tenant, user_id, status.value, int(disabled))
            if disabled:
                await self._end_user(context, user_id, "user_disabled")
            return await self._changed(context, user_id, types.DISABLED if disabled else types.ENABLED, {})

    async def set_roles(self, context: Context, user_id: UUID, roles: tuple[str, ...]) -> User:
        """Replace the user's roles. They act at the next request."""
        _check_roles(roles)
        async with self._database.transaction():
            user = await self._locked(context, user_id)
            if set(user.roles) == set(roles):
                return user
            wanted = sorted(set(roles))
            await self._database.execute(tables.SET_ROLES, context.tenant, user_id, wanted)
            data = {"before": sorted(user.roles), "after": wanted}
            return await self._changed(context, user_id, types.ROLES_CHANGED, data)

    async def set_locale(self, context: Context, user_id: UUID, locale: str | None) -> None:
        """The language the person chose."""
        if locale is not None and not (locale.isascii() and len(locale) <= 35 and locale.replace("-", "").isalnum()):
            raise Invalid({"locale": text("form.choice")})
        async with self._database.transaction():
            if await self._database.changed(tables.SET_LOCALE, context.tenant, user_id, locale):
                await self._tell(context, user_id, types.CHANGED, {"fields": ["locale"]})

    # -- identifiers

    async def add_identifier(self, context: Context, user_id: UUID, new: NewIdentifier) -> User:
        """Add an identifier. Raises ``Conflict`` where it is taken."""
        async with self._database.transaction():
            user = await self._locked(context, user_id)
            (one,) = _normalised((new,), {known.kind for known in user.identifiers})
            if len(user.identifiers) >= MOST_IDENTIFIERS:
                raise Conflict("too many identifiers", public=text("user.too_many_identifiers"))
            await self._insert_identifier(context, user.pool, user_id, one)
            data = {"kind": one.kind.value, "verified": one.verified}
            return await self._changed(context, user_id, types.IDENTIFIER_ADDED, data, {"value": one.value})

    async def verify_identifier(self, context: Context, user_id: UUID, kind: IdentifierKind, value: str) -> bool:
        """Mark as verified; ``False`` where the user has no such identifier."""
        shown, normalised = normalise(kind, value)
        async with self._database.transaction():
            row = await self._database.fetchrow(tables.VERIFY, context.tenant, user_id, kind.value, normalised)
            if row is None:
                return False
            if row["fresh"]:
                data = {"kind": kind.value}
                await self._tell(context, user_id, types.IDENTIFIER_VERIFIED, data, {"value": shown})
            return True

    async def remove_identifier(self, context: Context, user_id: UUID, kind: IdentifierKind, value: str) -> bool:
        """Remove it. Raises ``Conflict`` for the last one."""
        shown, normalised = normalise(kind, value)
        async with self._database.transaction():
            user = await self._locked(context, user_id)
            if not any(one.kind is kind and one.normalised == normalised for one in user.identifiers):
                return False
            if len(user.identifiers) == 1:
                raise Conflict("the last identifier stays", public=text("user.last_identifier"))
            await self._database.execute(tables.REMOVE_IDENTIFIER, context.tenant, user_id, kind.value, normalised)
            await self._database.execute(tables.PROMOTE, context.tenant, user_id, kind.value)
            await self._tell(context, user_id, types.IDENTIFIER_REMOVED, {"kind": kind.value}, {"value": shown})
            return True

    # -- erasing

    async def erase(self, context: Context, user_id: UUID) -> bool:
        """Erase the person: sessions and grants end, identifiers and attributes go, their event key is destroyed.

        The row stays, empty, so that the audit's references keep a meaning. ``False`` where there is nobody to erase.
        """
        async with self._database.transaction():
            if not await self._database.changed(tables.ERASE, context.tenant, user_id):
                return False
            await self._end_user(context, user_id, "user_erased")
            await self._database.execute(tables.ERASE_IDENTIFIERS, context.tenant, user_id)
            event = NewEvent(type=types.ERASED, object=Object("user", str(user_id)))
            await self._events.record(context, event)
            for eraser in self._erasers:
                await eraser(context, user_id)
            self._database.after_commit(look_anew)
            return True

    # -- parts

    async def _own_attributes(self, context: Context) -> Mapping[str, Any]:
        tenant = await self._tenants.get(context.tenant)
        return tenant.attributes if tenant else {}

    async def _locked(self, context: Context, user_id: UUID) -> User:
        """The user, held until the transaction ends."""
        await self._database.execute(tables.LOCK, context.tenant, user_id)
        user = await self.get(context, user_id)
        if user is None or user.status is UserStatus.ERASED:
            raise NotFound(f"no user {user_id}")
        return user

    async def _changed(
        self, context: Context, user_id: UUID, event: str, data: dict[str, Any], personal: dict[str, Any] | None = None
    ) -> User:
        await self._tell(context, user_id, event, data, personal)
        user = await self.get(context, user_id)
        assert user is not None  # noqa: S101  the row is held by this transaction
        return user

    async def _tell(
        self, context: Context, user_id: UUID, event: str, data: dict[str, Any], personal: dict[str, Any] | None = None
    ) -> None:
        told = NewEvent(
            type=event, object=Object("user", str(user_id)), data=data, personal=personal or {}, person=user_id
        )
        await self._events.record(context, told)
        self._database.after_commit(look_anew)


class _Normalised(msgspec.Struct, frozen=True):
    kind: IdentifierKind
    normalised: str
    value: str
    verified: bool
    primary: bool


def _normalised(
    identifiers: Sequence[NewIdentifier], has: Collection[IdentifierKind] = frozenset()
) -> list[_Normalised]:
    """The first of each kind is the primary one. In one order for everybody, so that two creations don't wait for each
    other in a circle.
    """
    if not 0 < len(identifiers) <= MOST_IDENTIFIERS:
        raise Invalid({"identifiers": text("user.identifiers")})
    made, primary = [], set(has)
    for one in identifiers:
        shown, normal = normalise(one.kind, one.value)
        made.append(_Normalised(one.kind, normal, shown, one.verified, one.kind not in primary))
        primary.add(one.kind)
    return sorted(made, key=lambda one: (one.kind.value, one.normalised))


def _check_roles(roles: Sequence[str]) -> None:
    if len(roles) > _MOST_ROLES or any(not 0 < len(role) <= 100 or not role.isprintable() for role in roles):
        raise Invalid({"roles": text("form.format")})


def search_of(attributes: Mapping[str, Any]) -> str:
    """What a user is searched by besides identifiers: their name."""
    spoken = [attributes.get("given_name"), attributes.get("family_name")]
    return folded(str(attributes.get("name") or " ".join(str(part) for part in spoken if part)))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


if TYPE_CHECKING:
    from xenia.users.contracts import Users

    _users: type[Users] = UserService
