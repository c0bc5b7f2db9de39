"""The statements of this plugin's tables, ``risk_sign_ins``, ``risk_decisions`` and ``risk_drafts``."""

from __future__ import annotations

KEPT = 50

PAST = f"""
    SELECT at, country, provider, latitude, longitude, family FROM risk_sign_ins
    WHERE tenant_id = $1 AND user_id = $2 ORDER BY at DESC LIMIT {KEPT}"""
REMEMBER = """
    INSERT INTO risk_sign_ins (tenant_id, user_id, id, at, country, provider, latitude, longitude, family)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"""
FORGET_OLDER = f"""
    DELETE FROM risk_sign_ins WHERE tenant_id = $1 AND user_id = $2 AND id IN (
        SELECT id FROM risk_sign_ins WHERE tenant_id = $1 AND user_id = $2 ORDER BY at DESC OFFSET {KEPT})"""
FORGET_PAST = "DELETE FROM risk_sign_ins WHERE tenant_id = $1 AND at < now() - make_interval(days => $2)"
FORGET_DECISIONS = "DELETE FROM risk_decisions WHERE tenant_id = $1 AND at < now() - make_interval(days => $2)"

_DECISION = "id, at, user_id, sign_in, verdict, rule, score, acr"
# A journey is judged once: the statement gives the row that stands, this one or an earlier one.
DECIDE = f"""
    INSERT INTO risk_decisions (tenant_id, id, journey, user_id, sign_in, verdict, rule, score, acr)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (tenant_id, journey) DO UPDATE SET rule = risk_decisions.rule RETURNING {_DECISION}"""
DECISION = f"SELECT {_DECISION} FROM risk_decisions WHERE tenant_id = $1 AND id = $2"
# Identifiers grow with time, so they order decisions; a page begins below the last one of the page before.
DECISIONS = f"""
    SELECT {_DECISION} FROM risk_decisions
    WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3 = '' OR verdict = $3) ORDER BY id DESC LIMIT $4"""
COUNTS = """
    SELECT verdict, count(*) AS count FROM risk_decisions
    WHERE tenant_id = $1 AND at > now() - make_interval(days => $2) GROUP BY verdict"""

DRAFT = "SELECT policy FROM risk_drafts WHERE tenant_id = $1"
KEEP_DRAFT = """
    INSERT INTO risk_drafts (tenant_id, policy) VALUES ($1, $2)
    ON CONFLICT (tenant_id) DO UPDATE SET policy = excluded.policy, at = now()"""
DROP_DRAFT = "DELETE FROM risk_drafts WHERE tenant_id = $1"

PAST_OF_USER = """
    SELECT at, country, provider, family FROM risk_sign_ins WHERE tenant_id = $1 AND user_id = $2 ORDER BY at DESC"""
DECISIONS_OF_USER = f"SELECT {_DECISION} FROM risk_decisions WHERE tenant_id = $1 AND user_id = $2 ORDER BY id DESC"
ERASE_PAST = "DELETE FROM risk_sign_ins WHERE tenant_id = $1 AND user_id = $2"
ERASE_DECISIONS = "DELETE FROM risk_decisions WHERE tenant_id = $1 AND user_id = $2"
