"""The statements on users and their identifiers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from xenia.db import Database, Row
from xenia.users.models import Identifier, IdentifierKind, User, UserQuery, UserStatus

_COLUMNS = """
u.tenant_id, u.id, u.pool, u.status, u.attributes, u.roles, u.locale, u.epoch, u.created_at, u.updated_at,
(SELECT json_agg(json_build_object('kind', i.kind, 'value', i.value, 'normalised', i.normalised,
                                   'verified_at', i.verified_at, 'primary', i.is_primary) ORDER BY i.created_at, i.kind, i.normalised)
 FROM identifiers i WHERE i.tenant_id = u.tenant_id AND i.user_id = u.id) AS identifiers"""

GET = f"SELECT {_COLUMNS} FROM users u WHERE u.tenant_id = $1 AND u.id = $2"
LOCK = "SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2 AND status <> 'erased' FOR NO KEY UPDATE"

FIND = f"""
SELECT {_COLUMNS}
FROM identifiers f JOIN users u ON u.tenant_id = f.tenant_id AND u.id = f.user_id
WHERE f.tenant_id = $1 AND f.pool = $2 AND f.kind = $3 AND f.normalised = $4"""

INSERT = """
INSERT INTO users (tenant_id, id, pool, attributes, roles, locale, search) VALUES ($1, $2, $3, $4, $5, $6, $7)"""

ADD_IDENTIFIER = """
INSERT INTO identifiers (tenant_id, pool, kind, normalised, user_id, value, is_primary, verified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN now() END)
ON CONFLICT DO NOTHING"""

VERIFY = """
UPDATE identifiers SET verified_at = coalesce(verified_at, now())
WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 AND normalised = $4
RETURNING verified_at = now() AS fresh"""

REMOVE_IDENTIFIER = "DELETE FROM identifiers WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 AND normalised = $4"

PROMOTE = """
UPDATE identifiers i SET is_primary = true
FROM (SELECT normalised FROM identifiers WHERE tenant_id = $1 AND user_id = $2 AND kind = $3
      ORDER BY is_primary DESC, verified_at IS NULL, created_at LIMIT 1) AS first
WHERE i.tenant_id = $1 AND i.user_id = $2 AND i.kind = $3 AND i.normalised = first.normalised AND NOT i.is_primary"""

SET_ATTRIBUTES = """
UPDATE users SET attributes = $3, search = $4, updated_at = now() WHERE tenant_id = $1 AND id = $2"""

SET_STATUS = """
UPDATE users SET status = $3, epoch = epoch + $4, updated_at = now() WHERE tenant_id = $1 AND id = $2"""

SET_ROLES = "UPDATE users SET roles = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2"
SET_LOCALE = """
UPDATE users SET locale = $3, updated_at = now()
WHERE tenant_id = $1 AND id = $2 AND status <> 'erased' AND locale IS DISTINCT FROM $3"""

ERASE = """
UPDATE users SET status = 'erased', attributes = '{}', roles = '{}', locale = NULL, search = '', epoch = epoch + 1,
    updated_at = now()
WHERE tenant_id = $1 AND id = $2 AND status <> 'erased'"""
ERASE_IDENTIFIERS = "DELETE FROM identifiers WHERE tenant_id = $1 AND user_id = $2"

# -- merging

MOVE_IDENTIFIERS = """
WITH mine AS (
    SELECT kind, normalised, is_primary FROM identifiers WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE
)
UPDATE identifiers i
SET user_id = $3, is_primary = mine.is_primary AND NOT EXISTS (
    SELECT FROM identifiers t WHERE t.tenant_id = $1 AND t.user_id = $3 AND t.kind = i.kind)
FROM mine WHERE i.tenant_id = $1 AND i.user_id = $2 AND i.kind = mine.kind AND i.normalised = mine.normalised
RETURNING i.kind, i.normalised, mine.is_primary AS was_primary"""
RETURN_IDENTIFIER = """
UPDATE identifiers SET user_id = $3, is_primary = $6
WHERE tenant_id = $1 AND user_id = $2 AND kind = $4 AND normalised = $5"""

ADD_MERGE = "INSERT INTO merges (tenant_id, id, source, target, record) VALUES ($1, $2, $3, $4, $5)"
# Whoever was merged into a third account meanwhile has nothing to give back.
UNDO_MERGE = """
UPDATE merges m SET undone_at = now()
WHERE m.tenant_id = $1 AND m.id = $2 AND m.undone_at IS NULL AND m.at > now() - interval '30 days' AND NOT EXISTS (
    SELECT FROM merges later WHERE later.tenant_id = $1 AND later.source = m.target AND later.undone_at IS NULL)
RETURNING m.source, m.target, m.record"""
FORGET_MERGES = "DELETE FROM merges WHERE tenant_id = $1 AND (source = $2 OR target = $2)"

_PAGE = """
FROM users u WHERE u.tenant_id = $1 AND u.pool = $2 AND u.id < $3
AND CASE WHEN $4 = '' THEN u.status <> 'erased' ELSE u.status = $4 END"""

PAGE = f"SELECT {_COLUMNS} {_PAGE} ORDER BY u.id DESC LIMIT $5"

COUNT = """
SELECT count(*) FROM (SELECT FROM users WHERE tenant_id = $1 AND status <> 'erased' LIMIT $2) AS found"""

CANDIDATES = """
(SELECT user_id FROM identifiers WHERE tenant_id = $1 AND normalised LIKE $2 LIMIT $3)
UNION (SELECT id FROM users WHERE tenant_id = $1 AND search LIKE $2 LIMIT $3)"""

PAGE_OF = f"SELECT {_COLUMNS} {_PAGE} AND u.id = ANY ($6) ORDER BY u.id DESC LIMIT $5"

PAGE_LIKE = f"""
SELECT {_COLUMNS} {_PAGE}
AND (u.search LIKE $6 OR EXISTS (SELECT FROM identifiers p
                                 WHERE p.tenant_id = u.tenant_id AND p.user_id = u.id AND p.normalised LIKE $6))
ORDER BY u.id DESC LIMIT $5"""

PAGE_AMONG = f"""
SELECT {_COLUMNS} {_PAGE} AND u.id = ANY ($6)
AND ($7 = '%' OR u.search LIKE $7 OR EXISTS (SELECT FROM identifiers p
                                             WHERE p.tenant_id = u.tenant_id AND p.user_id = u.id AND p.normalised LIKE $7))
ORDER BY u.id DESC LIMIT $5"""

MANY = 2000
"""From so many matches on, walking the users in order finds a page sooner than sorting the matches does."""

_LAST = UUID(int=(1 << 128) - 1)


class _StoredIdentifier(msgspec.Struct, frozen=True):
    kind: IdentifierKind
    value: str
    normalised: str
    verified_at: datetime | None
    primary: bool


_identifiers = msgspec.json.Decoder(tuple[_StoredIdentifier, ...])


def user_from(row: Row) -> User:
    """The user that a row tells of."""
    stored = _identifiers.decode(row["identifiers"]) if row["identifiers"] else ()
    return User(
        tenant=row["tenant_id"],
        id=row["id"],
        pool=row["pool"],
        status=UserStatus(row["status"]),
        attributes=msgspec.json.decode(row["attributes"]),
        roles=tuple(row["roles"]),
        locale=row["locale"],
        epoch=row["epoch"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        identifiers=tuple(Identifier(**msgspec.structs.asdict(one)) for one in stored),
    )


async def page(
    database: Database, tenant: str, pool: str, query: UserQuery, *, after: UUID | None, search: str, limit: int
) -> list[Row]:
    """At most ``limit`` rows below ``after``. A rare prefix is looked up in its indexes, a common one met by walking:
    both in flat time.
    """
    given = (tenant, pool, after or _LAST, query.status.value if query.status else "", limit)
    prefix = _escaped(search) + "%"
    if query.among is not None:
        return await database.fetch(PAGE_AMONG, *given, list(query.among), prefix)
    if not search:
        return await database.fetch(PAGE, *given)
    found = [row[0] for row in await database.fetch(CANDIDATES, tenant, prefix, MANY)]
    if len(found) < MANY:
        return await database.fetch(PAGE_OF, *given, found)
    return await database.fetch(PAGE_LIKE, *given, prefix)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
