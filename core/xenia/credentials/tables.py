"""The statements of credentials. Each is conditional where something may happen only once; the row count decides."""

from __future__ import annotations

from xenia.credentials.models import Credential, CredentialSummary
from xenia.db import Row

_SUMMARY = "id, plugin, kind, label, second, created_at, used_at"
_WHOLE = f"{_SUMMARY}, user_id, counter, data"

OF_USER = f"SELECT {_WHOLE} FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 ORDER BY id"
SUMMARIES = f"SELECT {_SUMMARY} FROM credentials WHERE tenant_id = $1 AND user_id = $2 ORDER BY id"
BY_LOOKUP = f"SELECT {_WHOLE} FROM credentials WHERE tenant_id = $1 AND kind = $2 AND lookup = $3"
COUNT_USERS = "SELECT count(DISTINCT user_id) FROM credentials WHERE tenant_id = $1 AND plugin = $2"
ADD = """
    INSERT INTO credentials (tenant_id, id, user_id, plugin, kind, label, second, lookup, counter, data)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
LOCK_USER = "SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE"
REMOVE_KIND = (
    "DELETE FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 RETURNING id, kind, plugin, user_id"
)
REMOVE = "DELETE FROM credentials WHERE tenant_id = $1 AND user_id = $2 AND id = $3 RETURNING id, kind, plugin, user_id"
CONSUME = "DELETE FROM credentials WHERE tenant_id = $1 AND id = $2 RETURNING id, kind, plugin, user_id"
SET_DATA = "UPDATE credentials SET data = $3 WHERE tenant_id = $1 AND id = $2"
RENAME = """
    UPDATE credentials SET label = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3 RETURNING id, kind, plugin, user_id"""
ADVANCE = "UPDATE credentials SET counter = $3, used_at = now() WHERE tenant_id = $1 AND id = $2 AND counter < $3"
KIND = "SELECT kind FROM credentials WHERE tenant_id = $1 AND id = $2"
TOUCH = "UPDATE credentials SET used_at = now() WHERE tenant_id = $1 AND id = $2"


def as_summary(row: Row) -> CredentialSummary:
    """What may be known of a row without opening it."""
    return CredentialSummary(
        id=row["id"],
        plugin=row["plugin"],
        kind=row["kind"],
        label=row["label"],
        second=row["second"],
        created_at=row["created_at"],
        used_at=row["used_at"],
    )


def as_credential(row: Row, data: bytes) -> Credential:
    """A row with its data opened."""
    return Credential(
        id=row["id"],
        user_id=row["user_id"],
        plugin=row["plugin"],
        kind=row["kind"],
        label=row["label"],
        second=row["second"],
        counter=row["counter"],
        created_at=row["created_at"],
        used_at=row["used_at"],
        data=data,
    )
