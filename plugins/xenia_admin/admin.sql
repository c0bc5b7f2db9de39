-- Browsers in which an administrator is signed in to the console. Each stands on a session of the tenant that administrators live in,
-- and is good only while that one lives.
CREATE TABLE admin_sessions (
    tenant_id    text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    hash         bytea NOT NULL,
    user_id      uuid NOT NULL,
    session_id   uuid NOT NULL,
    id_token     text NOT NULL,
    idle_seconds int NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX admin_sessions_user ON admin_sessions (tenant_id, user_id);
CREATE INDEX admin_sessions_expiry ON admin_sessions (tenant_id, expires_at);
