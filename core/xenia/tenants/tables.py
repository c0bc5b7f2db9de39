"""The statements on tenants, their hosts and their settings."""

from __future__ import annotations

import msgspec

from xenia.db import Row
from xenia.tenants.models import Attribute, Tenant, TenantStatus

_SELECT = """
SELECT t.id, t.title, t.issuer, t.plugins, t.status, t.locale, t.version, t.roles, t.attributes,
       ARRAY(SELECT d.host FROM domains d WHERE d.tenant_id = t.id ORDER BY d.host) AS hosts
FROM tenants t"""

GET = f"{_SELECT} WHERE t.id = $1"
ALL = f"{_SELECT} ORDER BY t.id"
LOCK = "SELECT 1 FROM tenants WHERE id = $1 FOR UPDATE"
BY_HOST = "SELECT tenant_id FROM domains WHERE host = $1"

INSERT = """
INSERT INTO tenants (id, title, issuer, plugins, locale, roles, attributes) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING"""

UPDATE = """
UPDATE tenants SET title = $2, plugins = $3, locale = $4, roles = $5, attributes = $6, version = version + 1
WHERE id = $1"""

SET_STATUS = "UPDATE tenants SET status = $2, version = version + 1 WHERE id = $1 AND status <> $2"

ADD_HOST = "INSERT INTO domains (host, tenant_id, purpose) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
REMOVE_HOST = "DELETE FROM domains WHERE host = $1 AND tenant_id = $2"

MANAGED = "SELECT managed FROM tenants WHERE id = $1"
SET_MANAGED = "UPDATE tenants SET managed = $2 WHERE id = $1"

GET_SETTINGS = "SELECT data FROM settings WHERE tenant_id = $1 AND plugin = $2"
LOCK_SETTINGS = f"{GET_SETTINGS} FOR UPDATE"
PUT_SETTINGS = """
INSERT INTO settings (tenant_id, plugin, data, managed_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, plugin) DO UPDATE SET data = excluded.data, version = settings.version + 1,
    managed_by = CASE WHEN excluded.managed_by = 'file' THEN 'file' ELSE settings.managed_by END"""
REMOVE_SETTINGS = "DELETE FROM settings WHERE tenant_id = $1 AND plugin = $2"
STORED_SETTINGS = "SELECT plugin FROM settings WHERE tenant_id = $1 ORDER BY plugin"


def tenant_from(row: Row) -> Tenant:
    """The tenant that a row tells of."""
    return Tenant(
        id=row["id"],
        title=row["title"],
        issuer=row["issuer"],
        hosts=tuple(row["hosts"]),
        plugins=frozenset(row["plugins"]),
        status=TenantStatus(row["status"]),
        locale=row["locale"],
        version=row["version"],
        roles=msgspec.json.decode(row["roles"], type=dict[str, tuple[str, ...]]),
        attributes=msgspec.json.decode(row["attributes"], type=dict[str, Attribute]),
    )


def as_json(value: object) -> str:
    """A value for a ``jsonb`` column."""
    return msgspec.json.encode(value).decode()
