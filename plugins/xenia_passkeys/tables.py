"""The statements of this plugin's table, ``passkeys_snoozes``."""

from __future__ import annotations

PUT_OFF = """
    INSERT INTO passkeys_snoozes (tenant_id, user_id, until) VALUES ($1, $2, now() + $3::interval)
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET until = excluded.until"""
NEVER = """
    INSERT INTO passkeys_snoozes (tenant_id, user_id, until) VALUES ($1, $2, 'infinity')
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET until = excluded.until"""
SLEEPS = "SELECT until > now() FROM passkeys_snoozes WHERE tenant_id = $1 AND user_id = $2"
SAID = "SELECT until, until = 'infinity' AS for_ever FROM passkeys_snoozes WHERE tenant_id = $1 AND user_id = $2"
FORGET = "DELETE FROM passkeys_snoozes WHERE tenant_id = $1 AND user_id = $2"
