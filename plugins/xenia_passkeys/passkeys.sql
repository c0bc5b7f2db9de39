-- Who said "not now", or "never", when a passkey was offered.
CREATE TABLE passkeys_snoozes (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    until     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
