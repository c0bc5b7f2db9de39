"""The statements of this plugin's table, ``admin_sessions``. The database's clock decides every limit."""

from __future__ import annotations

_COLUMNS = "user_id, session_id, id_token"
_LIVE = "expires_at > now() AND last_seen_at > now() - idle_seconds * interval '1 second'"

BEGIN = """
    INSERT INTO admin_sessions (tenant_id, hash, user_id, session_id, id_token, idle_seconds, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() + $7::int * interval '1 second')"""
# The touch rides along: it finds a row at most once a minute.
SEEN = f"""
    WITH live AS (
        SELECT {_COLUMNS}, last_seen_at FROM admin_sessions WHERE tenant_id = $1 AND hash = $2 AND {_LIVE}
    ), touched AS (
        UPDATE admin_sessions t SET last_seen_at = now() FROM live
        WHERE t.tenant_id = $1 AND t.hash = $2 AND live.last_seen_at < now() - interval '1 minute'
    )
    SELECT {_COLUMNS} FROM live"""
END = "DELETE FROM admin_sessions WHERE tenant_id = $1 AND hash = $2 RETURNING id_token"
FORGET_EXPIRED = "DELETE FROM admin_sessions WHERE tenant_id = $1 AND expires_at <= now()"

OF_USER = (
    "SELECT created_at, last_seen_at FROM admin_sessions WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at"
)
END_OF_USER = "DELETE FROM admin_sessions WHERE tenant_id = $1 AND user_id = $2"
