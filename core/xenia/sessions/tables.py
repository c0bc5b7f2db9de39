"""The statements over ``sessions``. Each decides by itself, by the database's clock."""

from __future__ import annotations

import msgspec

from xenia.db import Row
from xenia.sessions.models import Proof, Session

_COLUMNS = (
    "tenant_id, id, user_id, acr, amr, proofs, fields, address, user_agent, "
    "authenticated_at, created_at, last_seen_at, expires_at"
)
_PREFIXED = ", ".join(f"s.{name}" for name in _COLUMNS.split(", "))

_LIVE = """
    s.ended_at IS NULL AND s.expires_at > now()
    AND s.last_seen_at > now() - s.idle_seconds * interval '1 second'
    AND EXISTS (SELECT FROM users u WHERE u.tenant_id = s.tenant_id AND u.id = s.user_id AND u.status = 'active')"""

# The touch rides along: it finds a row at most once a minute and costs nothing otherwise.
BY_SECRET = f"""
    WITH live AS (
        SELECT {_PREFIXED} FROM sessions s WHERE s.tenant_id = $1 AND s.hash = $2 AND {_LIVE}
    ), touched AS (
        UPDATE sessions t SET last_seen_at = now() FROM live
        WHERE t.tenant_id = live.tenant_id AND t.id = live.id AND live.last_seen_at < now() - interval '1 minute'
    )
    SELECT {_COLUMNS} FROM live"""

GET = f"SELECT {_PREFIXED} FROM sessions s WHERE s.tenant_id = $1 AND s.id = $2 AND {_LIVE}"

OF_USER = f"""
    SELECT {_PREFIXED} FROM sessions s WHERE s.tenant_id = $1 AND s.user_id = $2 AND {_LIVE}
    ORDER BY s.last_seen_at DESC, s.id DESC"""

RECENT = f"""
    SELECT {_PREFIXED} FROM sessions s
    WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.id < $2) AND ($3::uuid[] IS NULL OR s.user_id = ANY ($3)) AND {_LIVE}
    ORDER BY s.id DESC LIMIT $4"""

# Locks are taken downwards, first the user, then the session, so that nobody waits in a circle. The share lock makes
# a sign-in and the disabling of its user wait for each other.
_ACTIVE = """
    WITH active AS (
        SELECT id FROM users WHERE tenant_id = $1 AND id = $2 AND status = 'active' FOR SHARE
    )"""

BEGIN = f"""{_ACTIVE}
    INSERT INTO sessions
        (tenant_id, user_id, hash, acr, amr, proofs, fields, address, user_agent, idle_seconds, expires_at, id)
    SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11::int * interval '1 second', $12 FROM active
    RETURNING {_COLUMNS}"""

LOCK = f"""{_ACTIVE}
    SELECT {_PREFIXED} FROM sessions s JOIN active ON active.id = s.user_id
    WHERE s.tenant_id = $1 AND s.id = $3 AND {_LIVE}
    FOR UPDATE OF s"""

# The id stays, so that what hangs on the session lives on; the secret never does.
RENEW = f"""{_ACTIVE}
    UPDATE sessions s
    SET hash = $3, acr = $4, amr = $5, proofs = $6, fields = $7, address = $8, user_agent = $9, idle_seconds = $10,
        expires_at = now() + $11::int * interval '1 second', authenticated_at = now(), last_seen_at = now()
    FROM active WHERE s.tenant_id = $1 AND s.id = $12 AND s.user_id = active.id AND s.ended_at IS NULL
    RETURNING {_PREFIXED}"""

END = """
    UPDATE sessions SET ended_at = now()
    WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL AND ($3::uuid IS NULL OR user_id = $3)
    RETURNING id, user_id"""

END_ALL = """
    UPDATE sessions SET ended_at = now()
    WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL AND id IS DISTINCT FROM $3::uuid
    RETURNING id, user_id"""

END_EXPIRED = """
    UPDATE sessions SET ended_at = now()
    WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM sessions WHERE ended_at IS NULL AND expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING tenant_id, id, user_id"""

# Looks at every live session, since an index over the moment of the last use would have to be written at each use.
END_IDLE = """
    UPDATE sessions SET ended_at = now()
    WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM sessions
        WHERE ended_at IS NULL AND last_seen_at < now() - idle_seconds * interval '1 second'
        LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING tenant_id, id, user_id"""

# Held until the commit: whoever ends the session or disables the user waits, and then sees what was opened beneath.
HOLD = f"""{_ACTIVE}
    SELECT true FROM sessions s JOIN active ON active.id = s.user_id
    WHERE s.tenant_id = $1 AND s.id = $3 AND s.ended_at IS NULL AND s.expires_at > now()
    FOR SHARE OF s"""
HOLD_USER = f"{_ACTIVE} SELECT true FROM active"

_proofs = msgspec.json.Decoder(tuple[Proof, ...])
_fields = msgspec.json.Decoder(dict[str, str])


def as_json(value: object) -> str:
    """``value`` for a ``jsonb`` column."""
    return msgspec.json.encode(value).decode()


def as_session(row: Row) -> Session:
    """The session in a row of the columns above."""
    return Session(
        tenant=row["tenant_id"],
        id=row["id"],
        user_id=row["user_id"],
        acr=row["acr"],
        amr=tuple(row["amr"]),
        proofs=_proofs.decode(row["proofs"]),
        fields=_fields.decode(row["fields"]),
        address=row["address"],
        user_agent=row["user_agent"],
        authenticated_at=row["authenticated_at"],
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
        expires_at=row["expires_at"],
    )
