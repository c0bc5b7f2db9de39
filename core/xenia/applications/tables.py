"""The statements of applications."""

from __future__ import annotations

import msgspec

from xenia.applications.models import Application
from xenia.db import Row

_COLUMNS = "tenant_id, id, title, first_party, home, required_acr, protocols, managed_by, enabled, version"

GET = f"""
    SELECT {_COLUMNS}, ARRAY(
        SELECT hash FROM application_secrets s WHERE s.tenant_id = a.tenant_id AND s.application_id = a.id ORDER BY s.id) AS secrets
    FROM applications a WHERE tenant_id = $1 AND id = $2"""
LIST = f"SELECT {_COLUMNS} FROM applications WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3"
PUT = f"""
    INSERT INTO applications AS a (tenant_id, id, title, first_party, home, required_acr, protocols, managed_by, enabled)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        title = excluded.title, first_party = excluded.first_party, home = excluded.home, required_acr = excluded.required_acr,
        protocols = excluded.protocols, managed_by = excluded.managed_by, enabled = excluded.enabled, version = a.version + 1
    WHERE $10::bigint IS NULL OR a.version = $10
    RETURNING {_COLUMNS}, (xmax = 0) AS created"""
REMOVE = "DELETE FROM applications WHERE tenant_id = $1 AND id = $2 RETURNING id"
GRANTS = "SELECT id FROM grants WHERE tenant_id = $1 AND application_id = $2 AND ended_at IS NULL"
ADD_SECRET = "INSERT INTO application_secrets (tenant_id, application_id, id, hash) VALUES ($1, $2, $3, $4)"  # noqa: S105
REMOVE_SECRETS = """
    DELETE FROM application_secrets WHERE tenant_id = $1 AND application_id = $2 AND id <> ALL (ARRAY(
        SELECT id FROM application_secrets WHERE tenant_id = $1 AND application_id = $2 ORDER BY id DESC LIMIT $3))
    RETURNING id"""


def as_application(row: Row) -> Application:
    """An application from its row."""
    return Application(
        tenant=row["tenant_id"],
        id=row["id"],
        title=row["title"],
        first_party=row["first_party"],
        home=row["home"],
        required_acr=row["required_acr"],
        protocols=msgspec.json.decode(row["protocols"]),
        managed_by=row["managed_by"],
        enabled=row["enabled"],
        version=row["version"],
    )
