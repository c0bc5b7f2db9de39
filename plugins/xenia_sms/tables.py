"""The statements on ``sms_spending``."""

from __future__ import annotations

_HOUR = "s.hour_ends <= now()"
_DAY = "s.day_ends <= now()"

# One statement decides for both windows: of many at once, no more than the budget holds get a row back.
SPEND = f"""
    INSERT INTO sms_spending AS s (tenant_id, hour_ends, hour_spent, day_ends, day_spent)
    VALUES ($1, now() + interval '1 hour', $2, now() + interval '1 day', $2)
    ON CONFLICT (tenant_id) DO UPDATE SET
        hour_spent = CASE WHEN {_HOUR} THEN $2 ELSE s.hour_spent + $2 END,
        hour_ends = CASE WHEN {_HOUR} THEN excluded.hour_ends ELSE s.hour_ends END,
        day_spent = CASE WHEN {_DAY} THEN $2 ELSE s.day_spent + $2 END,
        day_ends = CASE WHEN {_DAY} THEN excluded.day_ends ELSE s.day_ends END
    WHERE ({_HOUR} OR s.hour_spent + $2 <= $3) AND ({_DAY} OR s.day_spent + $2 <= $4)
    RETURNING hour_spent, day_spent"""

# Only tells which window is full, and which one it was; it decides nothing.
FULL = """
    SELECT hour_ends > now() AND hour_spent + $2 > $3 AS is_hour, hour_ends, day_ends
    FROM sms_spending WHERE tenant_id = $1"""

SPENT = """
    SELECT CASE WHEN hour_ends > now() THEN hour_spent ELSE 0 END AS hour, CASE WHEN hour_ends > now() THEN hour_ends END AS hour_ends,
           CASE WHEN day_ends > now() THEN day_spent ELSE 0 END AS day, CASE WHEN day_ends > now() THEN day_ends END AS day_ends
    FROM sms_spending WHERE tenant_id = $1"""
