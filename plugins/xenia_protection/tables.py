"""The statements of this plugin's tables. Each decides by itself."""

from __future__ import annotations

# Many guesses at once. The whole tenant's row comes first and the others follow in their order, so that nobody waits in a circle.
# A right guess counts once for an account, so that signing in again and again to an account of one's own hides nothing.
COUNT = """
    WITH guesses AS (
        SELECT * FROM unnest($2::text[], $3::bytea[], $4::boolean[]) AS g (network, account, wrong)
    ), places AS (
        SELECT '' AS network, account, wrong FROM guesses UNION ALL SELECT network, account, wrong FROM guesses
    ), fresh AS (
        INSERT INTO protection_accounts (tenant_id, network, since, account)
        SELECT DISTINCT $1, network, date_bin('10 minutes', now(), timestamptz '2000-01-01'), account FROM places
        ORDER BY network, account ON CONFLICT DO NOTHING RETURNING network, account
    ), sums AS (
        SELECT network, count(*) FILTER (WHERE wrong) AS wrong,
               count(DISTINCT f.account) FILTER (WHERE NOT wrong) AS right, count(DISTINCT f.account) AS accounts
        FROM places LEFT JOIN fresh f USING (network, account) GROUP BY network
    )
    INSERT INTO protection_minutes AS m (tenant_id, network, minute, wrong, "right", accounts)
    SELECT $1, network, date_trunc('minute', now()), wrong, "right", accounts FROM sums ORDER BY network
    ON CONFLICT (tenant_id, network, minute) DO UPDATE SET
        wrong = m.wrong + excluded.wrong, "right" = m."right" + excluded."right", accounts = m.accounts + excluded.accounts"""
SEEN = """
    SELECT network, sum(wrong) AS wrong, sum("right") AS right, sum(accounts) AS accounts FROM protection_minutes
    WHERE tenant_id = $1 AND network = ANY ($2) AND minute > now() - make_interval(mins => $3) GROUP BY network"""
BY_MINUTE = """
    SELECT minute, wrong, "right" FROM protection_minutes
    WHERE tenant_id = $1 AND network = '' AND minute > now() - interval '1 hour' ORDER BY minute"""
TOP = """
    SELECT network, sum(wrong) AS wrong, sum("right") AS right, sum(accounts) AS accounts FROM protection_minutes
    WHERE tenant_id = $1 AND network <> '' AND minute > now() - interval '1 hour'
    GROUP BY network ORDER BY sum(wrong) DESC, network LIMIT $2"""

# The id that comes back is the new one where the attack begins with this statement.
RUNS = """
    INSERT INTO protection_attacks AS a (tenant_id, id, detector, network, reasons) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant_id, detector, network) WHERE ended_at IS NULL
    DO UPDATE SET last_at = now(), reasons = excluded.reasons RETURNING id, began_at"""
ENDS = """
    UPDATE protection_attacks SET ended_at = now()
    WHERE tenant_id = $1 AND ended_at IS NULL AND last_at < now() - make_interval(mins => $2)
    RETURNING id, detector, network, reasons, began_at, last_at, ended_at"""
RUNNING = """
    SELECT id, detector, network, reasons, began_at, last_at, ended_at FROM protection_attacks
    WHERE tenant_id = $1 AND ended_at IS NULL ORDER BY began_at DESC, id LIMIT $2"""
IS_RUNNING = """
    SELECT EXISTS (SELECT FROM protection_attacks WHERE tenant_id = $1 AND network = ANY ($2) AND ended_at IS NULL)"""

BLOCK = """
    INSERT INTO protection_blocks AS b (tenant_id, network, detector, until) VALUES ($1, $2, $3, now() + make_interval(mins => $4))
    ON CONFLICT (tenant_id, network) DO UPDATE SET
        detector = excluded.detector, began_at = now(), until = excluded.until
    WHERE b.until <= now() RETURNING true"""
UNBLOCK = "DELETE FROM protection_blocks WHERE tenant_id = $1 AND network = $2 AND until > now() RETURNING true"
WAIT = """
    SELECT ceil(extract(epoch FROM until - now()))::int FROM protection_blocks
    WHERE tenant_id = $1 AND network = $2 AND until > now()"""
BLOCKS = """
    SELECT network, detector, began_at, until FROM protection_blocks
    WHERE tenant_id = $1 AND until > now() ORDER BY until DESC, network LIMIT $2"""

DISOWN = """
    INSERT INTO protection_disowned AS d (tenant_id, user_id, distrusted) VALUES ($1, $2, $3)
    ON CONFLICT (tenant_id, user_id) DO UPDATE
    SET at = now(), settled_at = NULL, distrusted = d.distrusted || excluded.distrusted"""
DISTRUST = """
    INSERT INTO protection_disowned AS d (tenant_id, user_id, settled_at, distrusted) VALUES ($1, $2, now(), $3)
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET distrusted = d.distrusted || excluded.distrusted"""
# A notice from before its owner had the account back closes nothing again.
CLOSE = f"{DISOWN} WHERE d.settled_at IS NULL OR d.settled_at < $4 RETURNING true"
NOW = "SELECT now()"
STATE = """
    SELECT CASE WHEN settled_at IS NULL THEN at END AS since, distrusted FROM protection_disowned
    WHERE tenant_id = $1 AND user_id = $2"""
ALL_DISOWNED = """
    SELECT user_id, at FROM protection_disowned WHERE tenant_id = $1 AND settled_at IS NULL ORDER BY at DESC, user_id LIMIT $2"""
SETTLE = """
    UPDATE protection_disowned SET settled_at = now()
    WHERE tenant_id = $1 AND user_id = $2 AND settled_at IS NULL RETURNING true"""
# Gives what was distrusted, once.
TRUST = """
    UPDATE protection_disowned AS d SET distrusted = '{}' FROM protection_disowned AS old
    WHERE d.tenant_id = $1 AND d.user_id = $2 AND d.distrusted <> '{}' AND old.tenant_id = $1 AND old.user_id = $2
    RETURNING old.distrusted"""
OF_USER = "SELECT at, settled_at, distrusted FROM protection_disowned WHERE tenant_id = $1 AND user_id = $2"
FORGET_USER = "DELETE FROM protection_disowned WHERE tenant_id = $1 AND user_id = $2"

FORGET_MINUTES = "DELETE FROM protection_minutes WHERE tenant_id = $1 AND minute < now() - interval '2 days'"
FORGET_ACCOUNTS = "DELETE FROM protection_accounts WHERE tenant_id = $1 AND since < now() - interval '1 hour'"
FORGET_BLOCKS = "DELETE FROM protection_blocks WHERE tenant_id = $1 AND until < now()"
FORGET_ATTACKS = "DELETE FROM protection_attacks WHERE tenant_id = $1 AND ended_at < now() - interval '90 days'"
