"""The statements of this plugin's table. Each decides by itself; none is half of a pair."""

from __future__ import annotations

# A new link takes the place of the one before, approved or not.
ISSUE = """
    INSERT INTO magic_link_links (tenant_id, journey, ticket, number, tries, about, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
    ON CONFLICT (tenant_id, journey) DO UPDATE
    SET ticket = excluded.ticket, number = excluded.number, tries = excluded.tries, about = excluded.about,
        expires_at = excluded.expires_at, approved_at = NULL"""

FIND = """
    SELECT about, approved_at IS NULL AND tries > 0 AS is_open FROM magic_link_links
    WHERE tenant_id = $1 AND journey = $2 AND ticket = $3 AND expires_at > now()"""

# The try is taken whether or not the number is right; without a number (the browser that began) none is compared.
APPROVE = """
    UPDATE magic_link_links SET tries = tries - 1, approved_at = CASE WHEN $4::int IS NULL OR number = $4 THEN now() END
    WHERE tenant_id = $1 AND journey = $2 AND ticket = $3 AND approved_at IS NULL AND tries > 0 AND expires_at > now()
    RETURNING approved_at IS NOT NULL"""

TAKE = """
    DELETE FROM magic_link_links
    WHERE tenant_id = $1 AND journey = $2 AND ticket = $3 AND approved_at IS NOT NULL AND expires_at > now()
    RETURNING true"""

# A few at a time, past those that somebody else sweeps now.
SWEEP = """
    DELETE FROM magic_link_links WHERE tenant_id = $1 AND journey = ANY (ARRAY(
        SELECT journey FROM magic_link_links WHERE tenant_id = $1 AND expires_at <= now() LIMIT 10 FOR UPDATE SKIP LOCKED))"""
