"""The statements on credentials."""

from __future__ import annotations

from xenia.credentials.models import Credential, CredentialSummary, KindInUse
from xenia.db import Row

_SUMMARY = "id, user_id, plugin, kind, label, second, counter, created_at, used_at"
_WHOLE = f"SELECT {_SUMMARY}, data FROM credentials"

OF_USER = f"{_WHOLE} WHERE tenant_id = $1 AND user_id = $2 ORDER BY id"
BY_LOOKUP = f"{_WHOLE} WHERE tenant_id = $1 AND kind = $2 AND lookup = $3"

COUNT_USERS = "SELECT count(DISTINCT user_id) FROM credentials WHERE tenant_id = $1 AND plugin = $2"

# The first row counts everybody. Bounded, so that a look at a tenant of millions costs what one of thousands does.
ADOPTION = """
WITH newest AS (
    SELECT id FROM users WHERE tenant_id = $1 AND status <> 'erased' ORDER BY id DESC LIMIT $2
), held AS (
    SELECT newest.id, c.plugin, c.kind, c.second, c.used_at > now() - interval '30 days' AS recent
    FROM newest LEFT JOIN credentials c ON c.tenant_id = $1 AND c.user_id = newest.id
)
SELECT coalesce(plugin, '') AS plugin, coalesce(kind, '') AS kind, count(DISTINCT id) AS people,
       count(DISTINCT id) FILTER (WHERE recent) AS recent, count(DISTINCT id) FILTER (WHERE second) AS second
FROM held GROUP BY GROUPING SETS ((), (plugin, kind)) HAVING GROUPING(plugin) = 1 OR plugin IS NOT NULL
ORDER BY GROUPING(plugin) DESC, people DESC, plugin, kind"""

INSERT = """
INSERT INTO credentials (tenant_id, id, user_id, plugin, kind, label, second, lookup, counter, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (tenant_id, kind, lookup) WHERE lookup IS NOT NULL DO NOTHING"""

HOLD_USER = "SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2 AND status <> 'erased' FOR NO KEY UPDATE"
REPLACE = "DELETE FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND kind = $3"

KIND = "SELECT kind FROM credentials WHERE tenant_id = $1 AND id = $2"
SET_DATA = "UPDATE credentials SET data = $3 WHERE tenant_id = $1 AND id = $2"

RENAME = """
UPDATE credentials SET label = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3
RETURNING id, user_id, plugin, kind"""

ADVANCE = """
UPDATE credentials SET counter = $3, used_at = now() WHERE tenant_id = $1 AND id = $2 AND counter < $3"""

CONSUME = "DELETE FROM credentials WHERE tenant_id = $1 AND id = $2 RETURNING id, user_id, plugin, kind"
TOUCH = "UPDATE credentials SET used_at = now() WHERE tenant_id = $1 AND id = $2"

# An update waits for whoever is removing the row, and then doesn't find it: what it returns is there until the commit.
USE = """
WITH used AS (
    UPDATE credentials SET used_at = now() WHERE tenant_id = $1 AND user_id = $2 AND id = ANY ($3) RETURNING id
)
SELECT ARRAY (SELECT id FROM used) AS used,
       EXISTS (SELECT FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND second) AS has_second"""

MOVE = """
UPDATE credentials SET user_id = $3 WHERE tenant_id = $1 AND user_id = $2 AND id = ANY ($4)
RETURNING id, user_id, plugin, kind"""
REMOVE = """
DELETE FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND id = $3 RETURNING id, user_id, plugin, kind"""
REMOVE_KIND = """
DELETE FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 RETURNING id, user_id, plugin, kind"""
REMOVE_ALL = "DELETE FROM credentials WHERE tenant_id = $1 AND user_id = $2"


def credential_from(row: Row, data: bytes) -> Credential:
    """The credential that a row tells of, with its opened data."""
    return Credential(**{name: row[name] for name in _SUMMARY.split(", ")}, data=data)


def in_use_from(row: Row) -> KindInUse:
    """One kind of an adoption."""
    return KindInUse(**{name: row[name] for name in KindInUse.__struct_fields__})


def summary_from(row: Row) -> CredentialSummary:
    """What may be known of it unopened."""
    return CredentialSummary(**{name: row[name] for name in CredentialSummary.__struct_fields__})
