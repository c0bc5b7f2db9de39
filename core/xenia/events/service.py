"""Recording events in the transaction of the change they tell of, and reading them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from xenia.context import Actor, ActorKind, Context
from xenia.db import Database
from xenia.errors import BadRequest, TooLarge
from xenia.events import tables
from xenia.events.contracts import Events
from xenia.events.models import Beside, Event, EventPage, EventQuery, NewEvent, Object
from xenia.ids import new_id, parse_id
from xenia.security.sealing import SealError

MAX_DATA = 16_384
MAX_PERSONAL = 8_192
MAX_NAME = 256
MAX_USER_AGENT = 512
MAX_PAGE = 200
DAY_MS = 86_400_000

_encoder = msgspec.json.Encoder(order="deterministic")
_NUL = rb"\u0000"


class PersonKeys(Protocol):
    """The keys of persons: one destroyed key makes every personal part of that person unreadable."""

    async def person_seal(self, context: Context, person: UUID, row: str, plaintext: bytes) -> bytes:
        """Seal for one row under the person's key, which is made when first needed."""
        ...

    async def person_open_many(
        self, context: Context, items: Sequence[tuple[UUID, str, bytes]]
    ) -> Sequence[bytes | None]:
        """Open several (person, row, sealed); ``None`` where the key is gone. Raises ``SealError`` where one was changed."""
        ...


class EventService:
    """The audit log and outbox. ``types`` are the names of the registered kinds; any other is refused."""

    def __init__(self, database: Database, keys: PersonKeys, types: Container[str]) -> None:
        self._database = database
        self._keys = keys
        self._types = types

    async def record(self, context: Context, event: NewEvent, beside: Beside | None = None) -> None:
        """Write it in the running transaction (or in one of its own): if it can't be written, the change fails.

        ``beside`` is written in the same statement. Raises ``LookupError`` for a kind that nobody registered and
        ``TooLarge`` for data beyond the caps.
        """
        await tables.insert(self._database, await self.row(context, event), beside)

    async def record_many(self, context: Context, events: Sequence[NewEvent]) -> None:
        """Write several with one statement."""
        if events:
            await tables.insert_many(self._database, [await self.row(context, event) for event in events])

    async def list(self, context: Context, query: EventQuery) -> EventPage:
        """A keyset page of events, newest first, their personal part opened where the person's key still exists."""
        limit = min(max(query.limit, 1), MAX_PAGE)
        async with self._database.scoped(context.tenant) as connection:
            rows = await tables.page(connection, context.tenant, query, _cursor(query.after), limit + 1)
        events = await self.opened(context, rows[:limit])
        return EventPage(events, str(events[-1].id) if len(rows) > limit else "")

    async def count(self, context: Context, types: Sequence[str], within: timedelta, *, most: int = 10_000) -> int:
        """How many events of exactly these types lie so shortly back; counting ends at ``most``. By their ids, which tell the time."""
        oldest = UUID(int=max(_moment() - int(within.total_seconds() * 1000), 0) << 80)
        async with self._database.scoped(context.tenant) as connection:
            return int(await connection.fetchval(tables.COUNT, context.tenant, list(types), oldest, most))

    async def tally(
        self, context: Context, types: Sequence[str], days: int, *, most: int = 10_000
    ) -> Sequence[tuple[date, int]]:
        """How many events of exactly these types each of the last days had. By their ids, as :meth:`count`."""
        today = _moment() // DAY_MS
        edges = [UUID(int=day * DAY_MS << 80) for day in range(today - days + 1, today + 2)]
        async with self._database.scoped(context.tenant) as connection:
            args = (context.tenant, list(types), edges[:-1], edges[1:], most)
            rows = await connection.fetch(tables.TALLY, *args)
        first = date(1970, 1, 1) + timedelta(days=today - days + 1)
        return [(first + timedelta(days=place), int(row["count"])) for place, row in enumerate(rows)]

    # -- rows

    async def row(self, context: Context, event: NewEvent) -> tables.NewRow:
        """The row that ``event`` becomes, its personal part sealed."""
        if event.type not in self._types:
            raise LookupError(f"no plugin registered the event {event.type}")
        id_, person = new_id(), event.person or _acting_person(context.actor)
        return tables.NewRow(
            tenant_id=context.tenant,
            id=id_,
            type=event.type,
            actor=_json(context.actor, MAX_DATA),
            object_kind=_short(event.object.kind),
            object_id=_short(event.object.id),
            application=_short(context.application or ""),
            result=_short(event.result),
            request_id=_short(context.source.request_id),
            data=_json(event.data, MAX_DATA),
            person=person,
            personal=await self._sealed(context, person, str(id_), event.personal),
        )

    async def _sealed(
        self, context: Context, person: UUID | None, row: str, personal: Mapping[str, Any]
    ) -> bytes | None:
        """The personal part under the person's key. Without a person nobody could ever erase it, so it isn't kept."""
        parts = {**_source(context), **personal}
        if person is None or not parts:
            return None
        return await self._keys.person_seal(context, person, row, _json(parts, MAX_PERSONAL).encode())

    async def opened(self, context: Context, rows: Sequence[Mapping[str, Any]]) -> tuple[Event, ...]:
        """Stored rows of the context's tenant as events."""
        personal = [
            (row["person"], str(row["id"]), row["personal"]) for row in rows if row["person"] and row["personal"]
        ]
        plain = dict(zip((row for _, row, _ in personal), await self._open(context, personal), strict=True))
        return tuple(_event(row, plain.get(str(row["id"]))) for row in rows)

    async def _open(self, context: Context, items: Sequence[tuple[UUID, str, bytes]]) -> Sequence[bytes | None]:
        """Each opened; one that was tampered with is as good as gone here, and named by the verifier."""
        try:
            return await self._keys.person_open_many(context, items)
        except SealError:
            return [(await self._open(context, [item]))[0] for item in items] if len(items) > 1 else [None]


def _event(row: Mapping[str, Any], personal: bytes | None) -> Event:
    return Event(
        tenant=row["tenant_id"],
        id=row["id"],
        position=row["position"],
        type=row["type"],
        at=row["at"],
        actor=msgspec.json.decode(row["actor"], type=Actor),
        object=Object(row["object_kind"], row["object_id"]),
        application=row["application"],
        data=msgspec.json.decode(row["data"]),
        personal=msgspec.json.decode(personal, type=dict[str, Any]) if personal else {},
        person=row["person"],
        result=row["result"],
        request_id=row["request_id"],
    )


def _moment() -> int:
    """Now, as identifiers tell it: milliseconds since 1970 (RFC 9562 section 5.7)."""
    return new_id().int >> 80


def _acting_person(actor: Actor) -> UUID | None:
    """The person whose address and browser the source are, where it is one."""
    return parse_id(actor.id) if actor.kind is ActorKind.USER else None


def _source(context: Context) -> dict[str, str]:
    source = context.source
    parts = {"address": source.address, "user_agent": source.user_agent[:MAX_USER_AGENT], "browser": source.browser}
    return {name: value for name, value in parts.items() if value}


def _cursor(after: str) -> UUID | None:
    if not after:
        return None
    if (found := parse_id(after)) is None:
        raise BadRequest("not a cursor of an event page")
    return found


def _json(value: Any, most: int) -> str:
    encoded = _encoded(value)
    if len(encoded) > most:
        raise TooLarge(f"{len(encoded)} bytes in an event, at most {most} are kept")
    return encoded.decode()


def _encoded(value: Any) -> bytes:
    try:
        encoded = _encoder.encode(value)
    except UnicodeEncodeError:
        encoded = b""
    if encoded and _NUL not in encoded:  # nearly always, and then there is nothing to clean
        return encoded
    return _encoder.encode(_clean(msgspec.to_builtins(value, str_keys=True)))


def _clean(value: Any) -> Any:
    """The value without what PostgreSQL's ``jsonb`` can't hold: NUL and lone surrogates."""
    match value:
        case str():
            return _printable(value)
        case dict():
            return {_printable(name): _clean(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_clean(inner) for inner in value]
    return value


def _short(name: str) -> str:
    return _printable(name[:MAX_NAME])


def _printable(words: str) -> str:
    if words.isprintable():  # nearly always, and then there is nothing to replace
        return words
    return words.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


if TYPE_CHECKING:
    _: type[Events] = EventService
