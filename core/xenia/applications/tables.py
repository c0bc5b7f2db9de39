"""The statements on applications and their secrets."""

from __future__ import annotations

import msgspec

from xenia.applications.models import Application
from xenia.db import Row

_COLUMNS = """
a.tenant_id, a.id, a.title, a.first_party, a.home, a.required_acr, a.protocols, a.managed_by, a.enabled, a.version"""

GET = f"""
SELECT {_COLUMNS},
       ARRAY(SELECT s.hash FROM application_secrets s WHERE s.tenant_id = a.tenant_id AND s.application_id = a.id
             ORDER BY s.id DESC) AS secrets
FROM applications a WHERE a.tenant_id = $1 AND a.id = $2"""

PAGE = f"SELECT {_COLUMNS} FROM applications a WHERE a.tenant_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3"

PUT = """
INSERT INTO applications AS a (tenant_id, id, title, first_party, home, required_acr, protocols, managed_by, enabled)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant_id, id) DO UPDATE SET title = $3, first_party = $4, home = $5, required_acr = $6, protocols = $7,
    managed_by = $8, enabled = $9, version = a.version + 1
WHERE ($10::bigint IS NULL OR a.version = $10)
    AND (a.title, a.first_party, a.home, a.required_acr, a.protocols, a.managed_by, a.enabled)
        IS DISTINCT FROM ($3, $4, $5, $6, $7::jsonb, $8, $9)
RETURNING xmax = 0 AS created"""

HOLD = "SELECT 1 FROM applications WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE"
GRANTS = "SELECT id FROM grants WHERE tenant_id = $1 AND application_id = $2 AND ended_at IS NULL"
REMOVE = "DELETE FROM applications WHERE tenant_id = $1 AND id = $2"

ADD_SECRET = "INSERT INTO application_secrets (tenant_id, application_id, id, hash) VALUES ($1, $2, $3, $4)"  # noqa: S105
SECRETS = "SELECT count(*) FROM application_secrets WHERE tenant_id = $1 AND application_id = $2"
REMOVE_SECRETS = """
DELETE FROM application_secrets WHERE tenant_id = $1 AND application_id = $2
AND ($3 = false OR id <> (SELECT max(id::text)::uuid FROM application_secrets WHERE tenant_id = $1 AND application_id = $2))
RETURNING id"""


class Known(msgspec.Struct, frozen=True):
    """An application with the hashes of its secrets, newest first: what the cache keeps."""

    application: Application
    secrets: tuple[str, ...]


def application_from(row: Row) -> Application:
    """The application that a row tells of."""
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


def as_json(value: object) -> str:
    """A value for a ``jsonb`` column."""
    return msgspec.json.encode(value).decode()
