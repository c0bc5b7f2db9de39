"""The statements of this plugin's tables, ``mail_mailbox`` and ``mail_approvals``."""

from __future__ import annotations

KEPT = 200

KEEP = """
    INSERT INTO mail_mailbox (tenant_id, id, recipient, subject, text) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"""
LET_GO = f"""
    DELETE FROM mail_mailbox WHERE tenant_id = $1 AND id IN (
        SELECT id FROM mail_mailbox WHERE tenant_id = $1 ORDER BY at DESC, id DESC OFFSET {KEPT})"""
LIST = "SELECT id, at, recipient, subject FROM mail_mailbox WHERE tenant_id = $1 ORDER BY at DESC, id DESC"
GET = "SELECT id, at, recipient, subject, text FROM mail_mailbox WHERE tenant_id = $1 AND id = $2"

APPROVE = """
    INSERT INTO mail_approvals (tenant_id, journey, address, expires_at) VALUES ($1, $2, $3, now() + $4::interval)
    ON CONFLICT (tenant_id, journey) DO UPDATE SET address = excluded.address, expires_at = excluded.expires_at"""
TAKE_APPROVAL = """
    DELETE FROM mail_approvals WHERE tenant_id = $1 AND journey = $2 AND address = $3 AND expires_at > now() RETURNING true"""
FORGET_APPROVALS = "DELETE FROM mail_approvals WHERE tenant_id = $1 AND expires_at <= now()"
