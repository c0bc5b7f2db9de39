"""The statements over ``codes``, ``access_tokens``, ``refresh_tokens``, ``revocations`` and ``signing_keys``.

Whatever works once is consumed by one conditional statement whose row decides. A token's grant comes along in the same
round trip.
"""

from __future__ import annotations

from xenia.grants.joins import GRANT_COLUMNS, GRANT_LIVES

# -- codes

ADD_CODE = """
    INSERT INTO codes (tenant_id, hash, grant_id, application_id, data, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval)"""

# The application is part of the condition: another one's attempt leaves the code as it is.
REDEEM_CODE = f"""
    WITH used AS (
        UPDATE codes c SET used_at = now()
        WHERE c.tenant_id = $1 AND c.hash = $2 AND c.application_id = $3 AND c.used_at IS NULL AND c.expires_at > now()
        AND EXISTS (SELECT FROM grants g WHERE g.tenant_id = c.tenant_id AND g.id = c.grant_id AND {GRANT_LIVES})
        RETURNING grant_id, data
    )
    SELECT used.data AS code_data, {GRANT_COLUMNS}
    FROM used JOIN grants g ON g.tenant_id = $1 AND g.id = used.grant_id"""

USED_CODE = """
    SELECT grant_id FROM codes WHERE tenant_id = $1 AND hash = $2 AND application_id = $3 AND used_at IS NOT NULL"""

# -- opaque access tokens

ADD_ACCESS = """
    INSERT INTO access_tokens (tenant_id, hash, id, grant_id, scope, audience, extra, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8::interval)"""

FIND_ACCESS = f"""
    SELECT t.id, t.scope, t.audience, t.extra, t.issued_at, t.expires_at, {GRANT_COLUMNS}
    FROM access_tokens t JOIN grants g ON g.tenant_id = t.tenant_id AND g.id = t.grant_id AND {GRANT_LIVES}
    WHERE t.tenant_id = $1 AND t.hash = $2 AND t.expires_at > now()"""

REVOKE_ACCESS = """
    DELETE FROM access_tokens t USING grants g
    WHERE t.tenant_id = $1 AND t.hash = $2 AND g.tenant_id = t.tenant_id AND g.id = t.grant_id AND g.application_id = $3
    RETURNING t.id, g.user_id"""

# -- refresh families

ADD_REFRESH = """
    INSERT INTO refresh_tokens (tenant_id, hash, grant_id, application_id, scope, expires_at, idle_until)
    SELECT $1, $2, $3, $4, $5, least(family.ends, $8::timestamptz), least(family.ends, $8, now() + $7::interval)
    FROM (SELECT now() + $6::interval AS ends) AS family"""

_USABLE = "r.used_at IS NULL AND r.expires_at > now() AND r.idle_until > now()"

# One statement takes the token and puts its successor in its place; the family's end never moves. Its answer is one row
# always, all null where nothing was rotated, so that the answers of many that go together stay in order.
ROTATE = f"""
    WITH used AS (
        UPDATE refresh_tokens r SET used_at = now(), successor = $4
        WHERE r.tenant_id = $1 AND r.hash = $2 AND r.application_id = $3 AND {_USABLE} AND EXISTS (
            SELECT FROM grants g WHERE g.tenant_id = r.tenant_id AND g.id = r.grant_id AND {GRANT_LIVES})
        RETURNING grant_id, application_id, scope, expires_at
    ), next AS (
        INSERT INTO refresh_tokens (tenant_id, hash, grant_id, application_id, scope, expires_at, idle_until)
        SELECT $1, $5, grant_id, application_id, scope, expires_at, least(expires_at, now() + $6::interval) FROM used
        RETURNING grant_id, scope
    )
    SELECT next.scope AS token_scope, {GRANT_COLUMNS}
    FROM (SELECT) AS one LEFT JOIN (next JOIN grants g ON g.tenant_id = $1 AND g.id = next.grant_id) ON true"""

TOUCH = f"""
    WITH used AS (
        UPDATE refresh_tokens r SET idle_until = least(expires_at, now() + $4::interval)
        WHERE r.tenant_id = $1 AND r.hash = $2 AND r.application_id = $3 AND {_USABLE}
        RETURNING grant_id, scope
    )
    SELECT used.scope AS token_scope, {GRANT_COLUMNS}
    FROM used JOIN grants g ON g.tenant_id = $1 AND g.id = used.grant_id AND {GRANT_LIVES}"""

USED_REFRESH = f"""
    SELECT r.successor, r.scope AS token_scope, r.used_at > now() - $4::interval AS in_grace, {GRANT_COLUMNS}
    FROM refresh_tokens r JOIN grants g ON g.tenant_id = r.tenant_id AND g.id = r.grant_id AND {GRANT_LIVES}
    WHERE r.tenant_id = $1 AND r.hash = $2 AND r.application_id = $3
    AND r.used_at IS NOT NULL AND r.expires_at > now()"""

IS_FRESH = f"SELECT EXISTS (SELECT FROM refresh_tokens r WHERE r.tenant_id = $1 AND r.hash = $2 AND {_USABLE})"

FIND_REFRESH = f"""
    SELECT r.issued_at, least(r.expires_at, r.idle_until) AS token_expires_at, {GRANT_COLUMNS}
    FROM refresh_tokens r JOIN grants g ON g.tenant_id = r.tenant_id AND g.id = r.grant_id AND {GRANT_LIVES}
    WHERE r.tenant_id = $1 AND r.hash = $2 AND {_USABLE}"""

GRANT_OF_REFRESH = "SELECT grant_id FROM refresh_tokens WHERE tenant_id = $1 AND hash = $2 AND application_id = $3"

SWEEP = """
    DELETE FROM refresh_tokens WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM refresh_tokens WHERE expires_at < now() - interval '1 day' LIMIT $1 FOR UPDATE SKIP LOCKED))"""

# -- the revocation log

ADD_REVOCATIONS = "INSERT INTO revocations (tenant_id, kind, id) SELECT $1, $2, unnest($3::text[])"

# A row counts as soon as its transaction has committed, whatever position it was given and however long it took:
# what the snapshot of the look before could not see and this one's can is new. One statement reads rows and snapshot.
_NOW = "(SELECT pg_current_snapshot()::text AS snapshot) AS look"
NEWS = f"""
    SELECT look.snapshot, r.tenant_id, r.kind, r.id FROM {_NOW} LEFT JOIN revocations r
    ON r.transaction >= pg_snapshot_xmin($1::text::pg_snapshot)
    AND NOT pg_visible_in_snapshot(r.transaction, $1::text::pg_snapshot)"""
RECENT = f"""
    SELECT look.snapshot, r.tenant_id, r.kind, r.id
    FROM {_NOW} LEFT JOIN revocations r ON r.at > now() - $1::interval"""

IS_ENDED = """
    SELECT EXISTS (
        SELECT FROM revocations r
        JOIN unnest($2::text[], $3::text[]) AS asked (kind, id) ON r.kind = asked.kind AND r.id = asked.id
        WHERE r.tenant_id = $1)"""

# -- signing keys

_KEY_COLUMNS = "tenant_id, kid, alg, use, state, public_jwk, sealed, created_at, changed_at"

KEYS = f"SELECT {_KEY_COLUMNS} FROM signing_keys WHERE tenant_id = $1 ORDER BY created_at, kid"

ADD_KEY = """
    INSERT INTO signing_keys (tenant_id, kid, alg, use, state, public_jwk, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT DO NOTHING"""

# A key signs for $2, after its successor was published for $3, and is trusted for $4 more.
DUE_KEYS = """
    SELECT k.kid, k.use, k.alg, CASE
        WHEN k.state = 'passive' THEN 'retire'
        WHEN n.kid IS NULL THEN 'prepare'
        ELSE 'rotate' END AS due
    FROM signing_keys k LEFT JOIN signing_keys n
    ON n.tenant_id = k.tenant_id AND n.use = k.use AND n.alg = k.alg AND n.state = 'next' AND k.state = 'active'
    WHERE k.tenant_id = $1 AND (
        (k.state = 'passive' AND k.changed_at < now() - $4::interval)
        OR (k.state = 'active' AND n.kid IS NULL)
        OR (k.state = 'active' AND k.changed_at < now() - $2::interval AND n.created_at < now() - $3::interval))"""

RETIRE_ACTIVE = """
    UPDATE signing_keys SET state = 'retired', sealed = NULL, changed_at = now()
    WHERE tenant_id = $1 AND use = $2 AND alg = $3 AND state = 'active' RETURNING kid"""
DEMOTE_ACTIVE = """
    UPDATE signing_keys SET state = 'passive', changed_at = now()
    WHERE tenant_id = $1 AND use = $2 AND alg = $3 AND state = 'active' RETURNING kid"""
PROMOTE_NEXT = """
    UPDATE signing_keys SET state = 'active', changed_at = now()
    WHERE tenant_id = $1 AND use = $2 AND alg = $3 AND state = 'next' RETURNING kid"""
LOCK_KEY = "SELECT use, alg, state FROM signing_keys WHERE tenant_id = $1 AND kid = $2 FOR UPDATE"
SET_STATE = """
    UPDATE signing_keys
    SET state = $3::text, sealed = CASE WHEN $3::text = 'retired' THEN NULL ELSE sealed END, changed_at = now()
    WHERE tenant_id = $1 AND kid = $2"""
