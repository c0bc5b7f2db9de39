"""The statements over ``oidc_consents``."""

from __future__ import annotations

CONSENT = "SELECT scope FROM oidc_consents WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3"

REMEMBER = """
    INSERT INTO oidc_consents AS known (tenant_id, user_id, application_id, scope) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id, user_id, application_id) DO UPDATE
    SET scope = ARRAY(SELECT DISTINCT unnest(known.scope || excluded.scope) ORDER BY 1), agreed_at = now()"""

OF_USER = """
    SELECT application_id, scope, agreed_at FROM oidc_consents WHERE tenant_id = $1 AND user_id = $2 ORDER BY
    application_id"""

FORGET_USER = "DELETE FROM oidc_consents WHERE tenant_id = $1 AND user_id = $2"

TAKE_OF_USER = "DELETE FROM oidc_consents WHERE tenant_id = $1 AND user_id = $2 RETURNING application_id, scope"

FORGET = "DELETE FROM oidc_consents WHERE tenant_id = $1 AND user_id = $2 AND application_id = $3"
