"""The statements over ``grants`` and ``subjects``."""

from __future__ import annotations

import msgspec

from xenia.grants.joins import COLUMNS, GRANT_LIVES

# The share locks keep a parent from ending, and the application from going, between this look and the commit.
_APPLICATION = "SELECT FROM applications WHERE tenant_id = $1 AND id = $3 FOR KEY SHARE"
OPEN = f"""
    WITH parent AS (
        SELECT id FROM grants g WHERE g.tenant_id = $1 AND g.id = $7 AND {GRANT_LIVES} FOR SHARE
    ), application AS ({_APPLICATION})
    INSERT INTO grants (tenant_id, id, application_id, user_id, subject, session_id, parent_id, scope, resources,
                        acr, amr, auth_time, is_offline, data, ends_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() + $15::interval
    FROM application WHERE $7::uuid IS NULL OR EXISTS (SELECT FROM parent)
    RETURNING {COLUMNS}"""

OF_CLIENT = f"""
    SELECT {COLUMNS} FROM grants g
    WHERE g.tenant_id = $1 AND g.application_id = $2 AND g.user_id IS NULL AND g.ended_at IS NULL"""

OPEN_CLIENT = f"""
    WITH application AS ({_APPLICATION})
    INSERT INTO grants (tenant_id, id, application_id) SELECT $1, $2, $3 FROM application
    ON CONFLICT (tenant_id, application_id) WHERE user_id IS NULL AND ended_at IS NULL DO NOTHING
    RETURNING id"""

GET = f"SELECT {COLUMNS} FROM grants g WHERE g.tenant_id = $1 AND g.id = $2 AND {GRANT_LIVES}"

OF_USER = f"""
    SELECT {COLUMNS} FROM grants g WHERE g.tenant_id = $1 AND g.user_id = $2 AND {GRANT_LIVES} ORDER BY g.id DESC"""

OF_SESSION = f"SELECT {COLUMNS} FROM grants WHERE tenant_id = $1 AND session_id = $2 ORDER BY id"

OFFSPRING_OF_SESSIONS = (
    "SELECT id FROM grants WHERE tenant_id = $1 AND session_id = ANY ($2) AND NOT is_offline AND ended_at IS NULL"
)
OFFSPRING_OF_USER = "SELECT id FROM grants WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL"

# Locked in the order of their ids, parents first, so that two who end overlapping trees never wait in a circle.
END_BELOW = """
    WITH RECURSIVE below AS (
        SELECT id FROM grants WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        UNION
        SELECT g.id FROM grants g JOIN below b ON g.parent_id = b.id WHERE g.tenant_id = $1
    ), locked AS (
        SELECT id FROM grants WHERE tenant_id = $1 AND id IN (SELECT id FROM below) AND ended_at IS NULL
        ORDER BY id FOR UPDATE
    )
    UPDATE grants SET ended_at = now() WHERE tenant_id = $1 AND id IN (SELECT id FROM locked)
    RETURNING id, user_id, application_id"""

SUBJECT_OF_USER = "SELECT value FROM subjects WHERE tenant_id = $1 AND user_id = $2 AND sector = $3"
ADD_SUBJECT = """
    INSERT INTO subjects (tenant_id, user_id, sector, value) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id, user_id, sector) DO NOTHING"""
USER_OF_SUBJECT = "SELECT user_id FROM subjects WHERE tenant_id = $1 AND value = $2"


def as_json(value: object) -> str:
    """``value`` for a ``jsonb`` column."""
    return msgspec.json.encode(value).decode()
