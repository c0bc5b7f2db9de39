"""The statements of the event tables: ``events``, ``event_positions``, ``event_batches``, ``event_sealing`` and ``subscriptions``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from xenia.db import Connection, Database, Row
from xenia.events.models import Batch, Beside, EventQuery

# ------------------------------------------------------------------ writing


class NewRow(NamedTuple):
    """What is inserted; the database adds the transaction and the time. JSON columns are texts."""

    tenant_id: str
    id: UUID
    type: str
    actor: str
    object_kind: str
    object_id: str
    application: str
    result: str
    request_id: str
    data: str
    person: UUID | None
    personal: bytes | None


_INSERTED = (
    "tenant_id, id, type, actor, object_kind, object_id, application, result, request_id, data, person, personal"
)


@cache
def _inserting(beside: str, before: int) -> str:
    """The statement that writes an event; with ``beside``, whose ``before`` parameters come first, it is one with it."""
    places = ", ".join(f"${before + place}" for place in range(1, len(NewRow._fields) + 1))
    inserting = f"INSERT INTO events ({_INSERTED}) VALUES ({places})"
    return f"WITH beside AS ({beside}) {inserting}" if beside else inserting


def _with(beside: Beside | None, row: NewRow) -> tuple[Any, ...]:
    if beside is None:
        return _inserting("", 0), *row
    return _inserting(beside.sql, len(beside.args)), *beside.args, *row


async def insert(database: Database, row: NewRow, beside: Beside | None = None) -> None:
    """Write one event, and what is to be written with it."""
    await database.execute(*_with(beside, row))


async def insert_together(database: Database, row: NewRow, beside: Beside | None = None) -> None:
    """The same, committed with what other callers write at the time; in a transaction it is written there."""
    await database.write(*_with(beside, row))


async def insert_many(database: Database, rows: Sequence[NewRow]) -> None:
    """Write many events in one round trip and one transaction."""
    await database.executemany(_inserting("", 0), rows)


# ------------------------------------------------------------------ reading

_STORED = (
    "e.tenant_id, e.id, e.transaction::text AS transaction, e.type, e.at, e.actor::text AS actor, e.object_kind, e.object_id, e.application, "
    "e.result, e.request_id, e.data::text AS data, e.person, e.personal"
)

_PAGE = f"""
    SELECT {_STORED}, coalesce(p.position, 0) AS position
    FROM events e LEFT JOIN event_positions p ON p.tenant_id = e.tenant_id AND p.event_id = e.id
    WHERE e.tenant_id = $1"""


COUNT = """
    SELECT count(*) FROM (
        SELECT FROM events WHERE tenant_id = $1 AND type = ANY ($2::text[]) AND id >= $3 LIMIT $4) AS found"""


TALLY = """
    SELECT (SELECT count(*) FROM (
        SELECT FROM events WHERE tenant_id = $1 AND type = ANY ($2::text[]) AND id >= day.first AND id < day.next LIMIT $5
    ) AS found) AS count
    FROM unnest($3::uuid[], $4::uuid[]) WITH ORDINALITY AS day (first, next, place) ORDER BY day.place"""


async def page(connection: Connection, tenant: str, query: EventQuery, after: UUID | None, limit: int) -> list[Row]:
    """Events that match, newest first, older than ``after``."""
    args: list[Any] = [tenant]
    sql = _PAGE

    def also(condition: str, *values: Any) -> None:
        nonlocal sql
        places = [f"${len(args) + 1 + place}" for place in range(len(values))]
        args.extend(values)
        sql += " AND " + condition.format(*places)

    if query.types:
        exact = [name for name in query.types if not name.endswith(".*")]
        nouns = [f"{_plain(name[:-1])}%" for name in query.types if name.endswith(".*")]
        also("(e.type = ANY ({}::text[]) OR e.type LIKE ANY ({}::text[]))", exact, nouns)
    if query.object:
        also("e.object_kind = {} AND e.object_id = {}", query.object.kind, query.object.id)
    if query.person:
        also("e.person = {}", query.person)
    if after:
        also("e.id < {}", after)
    return await connection.fetch(f"{sql} ORDER BY e.id DESC LIMIT {limit:d}", *args)  # type: ignore[no-any-return]


def _plain(pattern: str) -> str:
    """``pattern`` with nothing that LIKE would take as more than itself."""
    return pattern.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


# ------------------------------------------------------------------ sealing

SEALER_LOCK = 0x7E21A5EA1
# A restored database may run on a server that counts transactions from the beginning again: its rows then seem to lie in the future.
_BOUNDS = """
    SELECT below::text AS below, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest,
           below > pg_snapshot_xmax(pg_current_snapshot()) AS restored
    FROM event_sealing"""
_UNSEALED = f"""
    SELECT {_STORED}
    FROM events e
    WHERE e.transaction >= $1::text::xid8 AND e.transaction < $2::text::xid8
      AND NOT EXISTS (SELECT FROM event_positions p WHERE p.tenant_id = e.tenant_id AND p.event_id = e.id)
    ORDER BY e.transaction, e.id LIMIT $3"""
_UNSEALED_RESTORED = f"""
    SELECT {_STORED}
    FROM events e
    WHERE (e.transaction < $1::text::xid8 OR e.transaction >= pg_snapshot_xmax(pg_current_snapshot()))
      AND NOT EXISTS (SELECT FROM event_positions p WHERE p.tenant_id = e.tenant_id AND p.event_id = e.id)
    ORDER BY e.transaction, e.id LIMIT $2"""


class Unsealed(NamedTuple):
    """Events that wait for their positions, in order, and the mark up to which nothing will then be left (``""``: the mark stays)."""

    rows: list[Row]
    below: str


async def try_sealing(database: Database) -> bool:
    """Whether this transaction is the one that may seal; held until it ends."""
    return bool(await database.fetchval("SELECT pg_try_advisory_xact_lock($1)", SEALER_LOCK))


async def unsealed(database: Database, limit: int) -> Unsealed:
    """The oldest events without a position whose transaction, and every older one, has ended."""
    bounds = await database.fetchrow(_BOUNDS)
    assert bounds is not None  # noqa: S101  the row comes with the table
    if bounds["restored"]:
        rows = await database.fetch(_UNSEALED_RESTORED, bounds["oldest"], limit)
        return Unsealed(rows, bounds["below"] if len(rows) == limit else bounds["oldest"])
    rows = await database.fetch(_UNSEALED, bounds["below"], bounds["oldest"], limit)
    if not rows:
        return Unsealed(rows, "")
    return Unsealed(rows, rows[-1]["transaction"] if len(rows) == limit else bounds["oldest"])


async def mark(database: Database, below: str) -> None:
    """Remember that nothing older than ``below`` waits."""
    await database.execute("UPDATE event_sealing SET below = $1::text::xid8", below)


_LAST_BATCHES = """
    SELECT b.* FROM unnest($1::text[]) AS wanted (tenant_id)
    CROSS JOIN LATERAL (SELECT * FROM event_batches b WHERE b.tenant_id = wanted.tenant_id ORDER BY number DESC LIMIT 1) b"""


async def last_batches(database: Database, tenants: Sequence[str]) -> dict[str, Batch]:
    """The newest batch of each of these tenants that has one."""
    return {row["tenant_id"]: batch_of(row) for row in await database.fetch(_LAST_BATCHES, tenants)}


def batch_of(row: Mapping[str, Any]) -> Batch:
    """A stored batch."""
    return Batch(tenant=row["tenant_id"], **{name: row[name] for name in Batch.__struct_fields__ if name != "tenant"})


_INSERT_BATCH = """
    INSERT INTO event_batches (tenant_id, number, first_position, last_position, root, previous, at, hash, kid, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
_INSERT_POSITIONS = """
    INSERT INTO event_positions (tenant_id, position, event_id, batch, leaf)
    SELECT $1, $2 + place - 1, event_id, $3, leaf
    FROM unnest($4::uuid[], $5::bytea[]) WITH ORDINALITY AS sealed (event_id, leaf, place)"""


async def insert_batch(database: Database, batch: Batch, events: Sequence[UUID], leaves: Sequence[bytes]) -> None:
    """Write a batch and the positions it gives."""
    await database.execute(_INSERT_BATCH, *(getattr(batch, name) for name in Batch.__struct_fields__))
    await database.execute(_INSERT_POSITIONS, batch.tenant, batch.first_position, batch.number, events, leaves)


# ------------------------------------------------------------------ verifying

_BATCHES = "SELECT * FROM event_batches WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3"
_SEALED = f"""
    SELECT p.position, p.leaf, p.event_id, e.id IS NULL AS missing, {_STORED}
    FROM event_positions p LEFT JOIN events e ON e.tenant_id = p.tenant_id AND e.id = p.event_id
    WHERE p.tenant_id = $1 AND p.position > $2 AND p.position <= $3 ORDER BY p.position"""


async def batches_after(database: Database, tenant: str, number: int, limit: int) -> list[Batch]:
    """Batches in order, from the one after ``number``."""
    return [batch_of(row) for row in await database.fetch(_BATCHES, tenant, number, limit)]


async def sealed(database: Database, tenant: str, above: int, up_to: int) -> list[Row]:
    """Positions in order with their events; ``missing`` where a position leads to none."""
    return await database.fetch(_SEALED, tenant, above, up_to)


# While a log is read, the sealer may add to it: what a newer batch covers isn't left over.
_UNCOVERED = """
    SELECT min(p.position) FROM event_positions p
    WHERE p.tenant_id = $1 AND p.position > $2 AND NOT EXISTS (
        SELECT FROM event_batches b
        WHERE b.tenant_id = p.tenant_id AND b.number = p.batch AND p.position BETWEEN b.first_position AND b.last_position)"""


async def first_uncovered(database: Database, tenant: str, above: int) -> int | None:
    """The lowest position above ``above`` that no batch covers, whoever gave it."""
    found = await database.fetchval(_UNCOVERED, tenant, above)
    return None if found is None else int(found)


# ------------------------------------------------------------------ following

_BEHIND = """
    SELECT wanted.tenant_id, wanted.subscriber
    FROM (SELECT t.id AS tenant_id, s.name AS subscriber FROM tenants t CROSS JOIN unnest($1::text[]) AS s (name)
          WHERE $2::text[] IS NULL OR t.id = ANY ($2::text[])) wanted
    CROSS JOIN LATERAL (SELECT last_position FROM event_batches b WHERE b.tenant_id = wanted.tenant_id ORDER BY number DESC LIMIT 1) sealed
    LEFT JOIN subscriptions u USING (tenant_id, subscriber)
    WHERE coalesce(u.position, 0) < sealed.last_position AND coalesce(u.retry_at, '-infinity') <= now()"""
_BEGIN = "INSERT INTO subscriptions (tenant_id, subscriber) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_LEASE = """
    UPDATE subscriptions SET retry_at = now() + $3::interval
    WHERE (tenant_id, subscriber) IN (
        SELECT tenant_id, subscriber FROM subscriptions
        WHERE tenant_id = $1 AND subscriber = $2 AND retry_at <= now() FOR UPDATE SKIP LOCKED)
    RETURNING position, failures, retry_at"""
_MOVE = """
    UPDATE subscriptions SET position = $4, retry_at = now() + $5::interval, failures = $6, problem = $7
    WHERE tenant_id = $1 AND subscriber = $2 AND retry_at = $3
    RETURNING retry_at"""


_KNOW = """
    WITH fresh AS (INSERT INTO subscribers (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING name)
    INSERT INTO subscriptions (tenant_id, subscriber, position)
    SELECT t.id, fresh.name, sealed.last_position FROM fresh CROSS JOIN tenants t
    CROSS JOIN LATERAL (SELECT last_position FROM event_batches b WHERE b.tenant_id = t.id ORDER BY number DESC LIMIT 1) sealed
    WHERE NOT fresh.name = ANY ($2::text[])
    ON CONFLICT DO NOTHING"""
_SKIP = """
    INSERT INTO subscriptions (tenant_id, subscriber, position)
    SELECT off.tenant_id, off.subscriber, sealed.last_position FROM unnest($1::text[], $2::text[]) AS off (tenant_id, subscriber)
    CROSS JOIN LATERAL (SELECT last_position FROM event_batches b WHERE b.tenant_id = off.tenant_id ORDER BY number DESC LIMIT 1) sealed
    ON CONFLICT (tenant_id, subscriber) DO UPDATE SET position = excluded.position, failures = 0, problem = ''
    WHERE subscriptions.position < excluded.position AND subscriptions.retry_at <= now()"""
_PARK = """
    INSERT INTO parked_events (tenant_id, subscriber, position, problem) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id, subscriber, position) DO UPDATE SET problem = excluded.problem"""
_PARKED = """
    SELECT tenant_id, subscriber, position, problem, parked_at FROM parked_events
    WHERE ($1::text = '' OR tenant_id = $1) AND ($2::text = '' OR subscriber = $2)
    ORDER BY tenant_id, subscriber, position LIMIT $3"""
_UNPARK = "DELETE FROM parked_events WHERE tenant_id = $1 AND subscriber = $2 AND position = $3"


async def know(database: Database, subscribers: Sequence[str], from_the_beginning: Sequence[str]) -> None:
    """Let subscribers that were never seen begin at the end of what is sealed, but for those who want everything."""
    await database.execute(_KNOW, subscribers, from_the_beginning)


async def skip(database: Database, pairs: Sequence[tuple[str, str]]) -> None:
    """Move the cursors of these tenants and subscribers to the end of what is sealed."""
    await database.execute(_SKIP, [tenant for tenant, _ in pairs], [name for _, name in pairs])


async def park(database: Database, tenant: str, subscriber: str, position: int, problem: str) -> None:
    """Put an event aside for a subscriber."""
    await database.execute(_PARK, tenant, subscriber, position, problem)


async def parked(database: Database, tenant: str = "", subscriber: str = "", most: int = 1_000) -> list[Row]:
    """What was put aside, of all tenants and subscribers where none is named."""
    return await database.fetch(_PARKED, tenant, subscriber, most)


async def unpark(database: Database, tenant: str, subscriber: str, position: int) -> None:
    """It was taken after all."""
    await database.execute(_UNPARK, tenant, subscriber, position)


async def behind(
    database: Database, subscribers: Sequence[str], tenants: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Tenant and subscriber wherever sealed events wait and no back-off or lease runs; of these tenants, or of all."""
    return [(row["tenant_id"], row["subscriber"]) for row in await database.fetch(_BEHIND, subscribers, tenants)]


class Lease(NamedTuple):
    """The right to follow one tenant's events for one subscriber; ``until`` is also the token that proves it."""

    tenant: str
    subscriber: str
    position: int
    failures: int
    until: datetime


async def lease(database: Database, tenant: str, subscriber: str, seconds: timedelta) -> Lease | None:
    """Take the lease, or ``None`` where somebody has it or a back-off runs."""
    await database.execute(_BEGIN, tenant, subscriber)
    row = await database.fetchrow(_LEASE, tenant, subscriber, seconds)
    return row and Lease(tenant, subscriber, row["position"], row["failures"], row["retry_at"])


async def move(
    database: Database, held: Lease, position: int, *, wait: timedelta, failures: int = 0, problem: str = ""
) -> Lease | None:
    """Write the cursor; ``wait`` is how long nobody may take the lease. ``None`` where the lease was lost."""
    until = await database.fetchval(_MOVE, held.tenant, held.subscriber, held.until, position, wait, failures, problem)
    return until and held._replace(position=position, failures=failures, until=until)
