"""What a token's statement needs to bring its grant along: columns, the condition under which it lives, and how a row is read.

The one thing of this noun that another noun's statements may use, so that a token and its grant cost one read.
"""

from __future__ import annotations

import msgspec

from xenia.db import Row
from xenia.grants.models import Grant

_NAMES = (
    *("tenant_id", "id", "application_id", "user_id", "subject", "session_id", "parent_id", "scope", "resources"),
    *("acr", "amr", "auth_time", "is_offline", "actor", "data", "created_at", "ends_at"),
)
COLUMNS = ", ".join(_NAMES)

GRANT_COLUMNS = ", ".join(f"g.{name} AS grant_{name}" for name in _NAMES)
"""The columns of ``grants g`` for a statement that joins it; :func:`joined_grant` reads them."""

GRANT_LIVES = "g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now())"
"""The condition under which ``grants g`` has not ended."""


def as_grant(row: Row, prefix: str = "") -> Grant:
    """The grant in a row of the columns above."""
    return Grant(
        tenant=row[prefix + "tenant_id"],
        id=row[prefix + "id"],
        application=row[prefix + "application_id"],
        user_id=row[prefix + "user_id"],
        subject=row[prefix + "subject"],
        session_id=row[prefix + "session_id"],
        parent=row[prefix + "parent_id"],
        scope=tuple(row[prefix + "scope"]),
        resources=tuple(row[prefix + "resources"]),
        acr=row[prefix + "acr"],
        amr=tuple(row[prefix + "amr"]),
        auth_time=row[prefix + "auth_time"],
        offline=row[prefix + "is_offline"],
        actor=msgspec.json.decode(row[prefix + "actor"], type=dict),
        data=msgspec.json.decode(row[prefix + "data"], type=dict),
        created_at=row[prefix + "created_at"],
        ends_at=row[prefix + "ends_at"],
    )


def joined_grant(row: Row) -> Grant:
    """The grant that a statement brought along by :data:`GRANT_COLUMNS`."""
    return as_grant(row, "grant_")
