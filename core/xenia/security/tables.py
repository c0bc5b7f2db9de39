"""The statements over ``one_time`` and ``counters``. Each decides by itself; none is half of a pair."""

from __future__ import annotations

ISSUE = """
    INSERT INTO one_time (tenant_id, kind, hash, data, expires_at)
    VALUES ($1, $2, $3, $4, now() + $5::interval)"""

PEEK = """
    SELECT data FROM one_time
    WHERE tenant_id = $1 AND kind = $2 AND hash = $3 AND used_at IS NULL AND expires_at > now()"""

CONSUME = """
    UPDATE one_time SET used_at = now()
    WHERE tenant_id = $1 AND kind = $2 AND hash = $3 AND used_at IS NULL AND expires_at > now()
    RETURNING data"""

CLAIM = """
    INSERT INTO one_time AS seen (tenant_id, kind, hash, data, expires_at, used_at)
    VALUES ($1, $2, $3, '', now() + $4::interval, now())
    ON CONFLICT (tenant_id, kind, hash) DO UPDATE SET expires_at = excluded.expires_at, used_at = now()
    WHERE seen.expires_at <= now()
    RETURNING true"""

ISSUE_CODE = """
    INSERT INTO one_time (tenant_id, kind, hash, data, expires_at, attempts_left)
    VALUES ($1, $2, $3, $4, now() + $5::interval, $6)
    ON CONFLICT (tenant_id, kind, hash) DO UPDATE
    SET data = excluded.data, expires_at = excluded.expires_at, attempts_left = excluded.attempts_left,
        used_at = NULL"""

TRY_CODE = """
    UPDATE one_time SET attempts_left = attempts_left - 1
    WHERE tenant_id = $1 AND kind = $2 AND hash = $3 AND used_at IS NULL AND expires_at > now() AND attempts_left > 0
    RETURNING data, attempts_left"""

# The data are compared too: a code replaced since the try must not be consumed in its successor's place.
CONSUME_CODE = """
    UPDATE one_time SET used_at = now()
    WHERE tenant_id = $1 AND kind = $2 AND hash = $3 AND used_at IS NULL AND expires_at > now() AND data = $4
    RETURNING true"""

REVOKE_CODE = "DELETE FROM one_time WHERE tenant_id = $1 AND kind = $2 AND hash = $3"

SWEEP_ONE_TIME = """
    WITH gone AS (
        DELETE FROM one_time WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM one_time WHERE expires_at < now() - interval '1 day' LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING 1)
    SELECT count(*) FROM gone"""

# The old row serves only to say how long to wait; whether a place is left, the conditional update alone decides.
RESERVE = """
    WITH reserved AS (
        INSERT INTO counters AS c (tenant_id, key, window_ends, count)
        VALUES ($1, $2, now() + $3::interval, $4)
        ON CONFLICT (tenant_id, key) DO UPDATE SET
            count = CASE WHEN c.window_ends <= now() THEN $4 ELSE c.count + $4 END,
            window_ends = CASE WHEN c.window_ends <= now() THEN excluded.window_ends ELSE c.window_ends END
        WHERE c.window_ends <= now() OR c.count + $4 <= $5
        RETURNING count)
    SELECT (SELECT count FROM reserved) AS count,
           (SELECT window_ends - now() FROM counters WHERE tenant_id = $1 AND key = $2) AS wait"""

TAKEN = "SELECT count FROM counters WHERE tenant_id = $1 AND key = $2 AND window_ends > now()"

GIVE_BACK = """
    UPDATE counters SET count = count - 1 WHERE tenant_id = $1 AND key = $2 AND count > 0 AND window_ends > now()"""

CLEAR = "DELETE FROM counters WHERE tenant_id = $1 AND key = $2"

SWEEP_COUNTERS = """
    WITH gone AS (
        DELETE FROM counters WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM counters WHERE window_ends < now() LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING 1)
    SELECT count(*) FROM gone"""
