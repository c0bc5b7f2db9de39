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

_DECISION = "id, at, user_id, sign_in, verdict, rule, score, acr, address, browser, outcome"
# A journey is judged once: the statement gives the row that stands, this one or an earlier one. Whoever is asked about again has shown
# more meanwhile ($12): that is how a step-up is known to be met, without a statement of its own.
# Its commit doesn't wait for the disk: what follows from it, a session or a refusal that is recorded, commits later and takes it along,
# so that neither is ever there without its decision. No hook is asked inside a transaction: nobody else's commit is hurried by this.
DECIDE = f"""
    WITH hurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO risk_decisions AS d (tenant_id, id, journey, user_id, sign_in, verdict, rule, score, acr, address, browser, outcome)
    SELECT $1::text, $2::uuid, $3::uuid, $4::uuid, $5::jsonb, $6::text, $7::text, $8::int, $9::text, $10::text, $11::text,
           CASE WHEN $6::text = 'step_up' AND $12::text >= $9::text THEN 'met' ELSE '' END
    FROM hurried
    ON CONFLICT (tenant_id, journey) DO UPDATE SET
        outcome = CASE WHEN d.verdict = 'step_up' AND $12::text >= d.acr THEN 'met' ELSE d.outcome END
    RETURNING {_DECISION}"""
REFUSED = """
    UPDATE risk_decisions SET outcome = 'refused'
    WHERE tenant_id = $1 AND journey = $2 AND verdict = 'step_up' AND outcome = ''"""
DECISION = f"SELECT {_DECISION} FROM risk_decisions WHERE tenant_id = $1 AND id = $2"
# Identifiers grow with time, so they order decisions; a page begins below the last one of the page before.
DECISIONS = f"""
    SELECT {_DECISION} FROM risk_decisions
    WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3 = '' OR verdict = $3) ORDER BY id DESC LIMIT $4"""
COUNTS = """
    SELECT verdict, count(*) AS count FROM risk_decisions
    WHERE tenant_id = $1 AND at > now() - make_interval(days => $2) GROUP BY verdict"""

OUTCOMES = """
    SELECT CASE WHEN outcome <> '' THEN outcome WHEN at < now() - make_interval(mins => $3) THEN 'left' ELSE 'open' END AS outcome,
           count(*) AS count
    FROM risk_decisions
    WHERE tenant_id = $1 AND at > now() - make_interval(days => $2) AND verdict = 'step_up' AND outcome IS NOT NULL GROUP BY 1"""

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
