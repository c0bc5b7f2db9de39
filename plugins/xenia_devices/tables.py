"""The statements of this plugin's tables, ``devices_known`` and ``devices_networks``."""

from __future__ import annotations

NETWORKS_KEPT = 20
DAYS_KEPT = 400

# A row alone says only that the question of remembering was answered, which comes before the sign-in; a network says that one was made.
LOOK = """
    SELECT EXISTS (SELECT 1 FROM devices_networks s
                   WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.browser = k.browser) AS device,
           n.network IS NOT NULL AS network,
           coalesce(k.trusted_until > now(), false) AS trusted, coalesce(k.declined_until > now(), false) AS asked,
           (SELECT count(*) FROM devices_known o WHERE o.tenant_id = $1 AND o.user_id = $2 AND o.browser <> $3) AS others
    FROM (VALUES (1)) AS one(x)
    LEFT JOIN devices_known k ON k.tenant_id = $1 AND k.user_id = $2 AND k.browser = $3 AND k.family = $4
    LEFT JOIN devices_networks n
        ON n.tenant_id = $1 AND n.user_id = $2 AND n.browser = k.browser AND n.network = $5"""

SEEN = """
    INSERT INTO devices_known (tenant_id, user_id, browser, family, user_agent, first_seen, last_seen)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (tenant_id, user_id, browser) DO UPDATE SET
        last_seen = greatest(devices_known.last_seen, excluded.last_seen),
        user_agent = excluded.user_agent,
        family = excluded.family,
        -- A cookie that turns up in another kind of browser was carried there: what its owner allowed it ends.
        trusted_until = CASE WHEN devices_known.family = excluded.family THEN devices_known.trusted_until END"""
SEEN_AT = """
    INSERT INTO devices_networks (tenant_id, user_id, browser, network, last_seen) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant_id, user_id, browser, network) DO UPDATE SET
        last_seen = greatest(devices_networks.last_seen, excluded.last_seen)"""
FEWER_NETWORKS = f"""
    DELETE FROM devices_networks WHERE tenant_id = $1 AND user_id = $2 AND browser = $3 AND network IN (
        SELECT network FROM devices_networks WHERE tenant_id = $1 AND user_id = $2 AND browser = $3
        ORDER BY last_seen DESC, network OFFSET {NETWORKS_KEPT})"""

TRUST = """
    INSERT INTO devices_known (tenant_id, user_id, browser, family, user_agent, trusted_until)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
    ON CONFLICT (tenant_id, user_id, browser) DO UPDATE SET
        trusted_until = excluded.trusted_until, family = excluded.family, user_agent = excluded.user_agent"""
DECLINE = """
    INSERT INTO devices_known (tenant_id, user_id, browser, family, user_agent, declined_until)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
    ON CONFLICT (tenant_id, user_id, browser) DO UPDATE SET declined_until = excluded.declined_until"""
TRUST_ENDS = """
    UPDATE devices_known SET trusted_until = NULL
    WHERE tenant_id = $1 AND user_id = $2 AND trusted_until IS NOT NULL RETURNING browser"""

OF_USER = """
    SELECT browser, user_agent, first_seen, last_seen, CASE WHEN trusted_until > now() THEN trusted_until END AS trusted_until
    FROM devices_known WHERE tenant_id = $1 AND user_id = $2 ORDER BY last_seen DESC, browser"""
NETWORKS_OF_USER = """
    SELECT browser, network, last_seen FROM devices_networks WHERE tenant_id = $1 AND user_id = $2
    ORDER BY last_seen DESC, network"""
FORGET = "DELETE FROM devices_known WHERE tenant_id = $1 AND user_id = $2 AND browser = $3 RETURNING true"
FORGET_ALL = "DELETE FROM devices_known WHERE tenant_id = $1 AND user_id = $2 RETURNING browser"
FORGET_OLD = f"DELETE FROM devices_known WHERE tenant_id = $1 AND last_seen < now() - interval '{DAYS_KEPT} days'"
