"""The statements of this plugin's tables. Each decides by itself; none is half of a pair."""

from __future__ import annotations

OPEN = "outcome IS NULL AND expires_at > now()"

# -- enrolments

REGISTER = """
    INSERT INTO push_enrolments (tenant_id, ticket, number, tries, device, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval)"""

# The try is taken whether or not the number is right; a right one ends the row for everybody else.
CONFIRM = """
    WITH tried AS (
        UPDATE push_enrolments SET tries = CASE WHEN number = $3 THEN -1 ELSE tries - 1 END
        WHERE tenant_id = $1 AND ticket = $2 AND tries > 0 AND expires_at > now()
        RETURNING tries, device)
    SELECT CASE WHEN tries < 0 THEN device END AS device, tries FROM tried"""

# -- requests

# How many requests in a row came to nothing, the last one included. What was reported weighs like several.
_MISSED = """
    CASE c.outcome WHEN 'approved' THEN 0 WHEN 'taken' THEN 0 WHEN 'reported' THEN least(c.missed, 90) + 6
    ELSE least(c.missed, 90) + 1 END"""
# An approval that isn't taken yet holds its place; so does what nobody answered, until it is over.
_ENDED = "CASE c.outcome WHEN 'approved' THEN c.expires_at ELSE coalesce(c.decided_at, c.expires_at) END"
_PAUSE = f"""
    CASE WHEN {_MISSED} = 0 THEN interval '0'
    ELSE least($12::interval * power(4, least({_MISSED}, 10) - 1), $13::interval) END"""
_FREE_AT = f"greatest({_ENDED} + {_PAUSE}, CASE WHEN c.started >= $11 AND c.window_ends > now() THEN c.window_ends END)"

# One statement says whether a request may begin: none is open, the hour isn't used up, and the pause after those that failed is over.
START = f"""
    WITH begun AS (
        INSERT INTO push_challenges AS c
            (tenant_id, account, lane, id, journey, nonce, number, about, expires_at, window_ends)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::interval, now() + $10::interval)
        ON CONFLICT (tenant_id, account, lane) DO UPDATE SET
            id = excluded.id, journey = excluded.journey, nonce = excluded.nonce, number = excluded.number,
            about = excluded.about, expires_at = excluded.expires_at, outcome = NULL, decided_at = NULL, device = NULL,
            started = CASE WHEN c.window_ends <= now() THEN 1 ELSE c.started + 1 END,
            window_ends = CASE WHEN c.window_ends <= now() THEN excluded.window_ends ELSE c.window_ends END,
            missed = {_MISSED}
        WHERE {_FREE_AT} <= now()
        RETURNING true AS begun)
    SELECT (SELECT begun FROM begun) AS begun,
           (SELECT extract(epoch FROM {_FREE_AT} - now())::float FROM push_challenges c
            WHERE c.tenant_id = $1 AND c.account = $2 AND c.lane = $3) AS wait"""

OF_ACCOUNT = f"""
    SELECT id, nonce, about, extract(epoch FROM expires_at - now())::float AS expires_in FROM push_challenges
    WHERE tenant_id = $1 AND account = $2 AND {OPEN} ORDER BY expires_at DESC, id"""

ANSWER = f"""
    UPDATE push_challenges SET decided_at = now(), device = $5,
        outcome = CASE WHEN $6 <> 'approved' OR number = $7::int THEN $6 ELSE 'wrong' END
    WHERE tenant_id = $1 AND account = $2 AND id = $3 AND nonce = $4 AND {OPEN}
    RETURNING outcome"""

# What was approved in the last moment may be taken a moment later. What came to something isn't counted in the hour.
TAKE = """
    UPDATE push_challenges SET outcome = 'taken', started = started - 1
    WHERE tenant_id = $1 AND id = $2 AND journey = $3 AND outcome = 'approved' AND expires_at > now() - interval '1 minute'
    RETURNING device"""

IS_OPEN = f"SELECT true FROM push_challenges WHERE tenant_id = $1 AND id = $2 AND {OPEN}"

FORGET = "DELETE FROM push_challenges WHERE tenant_id = $1 AND account = $2"

# -- both

IS_OF_NOW = "SELECT to_timestamp($1) BETWEEN now() - $2::interval AND now() + $2::interval"

# A day later nothing is limited by it any more. A few at a time, past those that somebody else sweeps now.
SWEEP = """
    DELETE FROM push_challenges WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM push_challenges WHERE tenant_id = $1 AND expires_at < now() - interval '1 day' LIMIT 10 FOR UPDATE SKIP LOCKED))"""
SWEEP_ENROLMENTS = """
    DELETE FROM push_enrolments WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM push_enrolments WHERE tenant_id = $1 AND expires_at < now() LIMIT 10 FOR UPDATE SKIP LOCKED))"""
