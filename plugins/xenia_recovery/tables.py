"""The statements of this plugin's table, ``recovery_requests``. Each decides by itself; the database's clock decides what is over."""

from __future__ import annotations

_OPEN = "r.cancelled_at IS NULL AND r.used_at IS NULL AND r.usable_until > now()"
_ONE = """
    r.id, r.user_id, r.lost, r.asked_at, r.ends_at, r.ends_at <= now() AS is_ripe,
    greatest(ceil(extract(epoch FROM r.ends_at - now()) / 3600), 0)::int AS hours"""

# One open request for each person: a second one changes nothing.
ASK = f"""
    INSERT INTO recovery_requests AS r (tenant_id, user_id, id, lost, ends_at, usable_until)
    VALUES ($1, $2, $3, $4, now() + $5::interval, now() + $5::interval + $6::interval)
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET
        id = excluded.id, lost = excluded.lost, asked_at = now(), ends_at = excluded.ends_at,
        usable_until = excluded.usable_until, reminded_at = NULL, cancelled_at = NULL, used_at = NULL, journey = NULL
    WHERE NOT ({_OPEN})
    RETURNING {_ONE}"""

OPEN = f"SELECT {_ONE} FROM recovery_requests r WHERE r.tenant_id = $1 AND r.user_id = $2 AND {_OPEN}"
ALL_OPEN = f"""
    SELECT {_ONE} FROM recovery_requests r WHERE r.tenant_id = $1 AND {_OPEN} ORDER BY r.ends_at, r.id LIMIT $2"""

# The journey that used it may come again, as with a form that is sent twice; no other one may.
USE = """
    UPDATE recovery_requests SET used_at = coalesce(used_at, now()), journey = $3
    WHERE tenant_id = $1 AND user_id = $2 AND cancelled_at IS NULL AND ends_at <= now() AND usable_until > now()
    AND (used_at IS NULL OR journey = $3)
    RETURNING lost"""

CANCEL = f"""
    UPDATE recovery_requests r SET cancelled_at = now()
    WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.id = $3 AND {_OPEN} RETURNING {_ONE}"""

REMIND = f"""
    UPDATE recovery_requests r SET reminded_at = now()
    WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.id = $3 AND {_OPEN} AND r.reminded_at IS NULL RETURNING {_ONE}"""

# Never longer than it was.
SHORTEN = f"""
    UPDATE recovery_requests r SET ends_at = now() + $4::interval, usable_until = now() + $4::interval + $5::interval
    WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.id = $3 AND {_OPEN} AND r.ends_at > now() + $4::interval
    RETURNING {_ONE}"""

STORED = """
    SELECT id, lost, asked_at, ends_at, usable_until, cancelled_at, used_at FROM recovery_requests
    WHERE tenant_id = $1 AND user_id = $2"""
FORGET = "DELETE FROM recovery_requests WHERE tenant_id = $1 AND user_id = $2"
FORGET_OLD = "DELETE FROM recovery_requests WHERE tenant_id = $1 AND usable_until < now() - interval '90 days'"
