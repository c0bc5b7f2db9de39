-- The last request of each person to do without second factors that they lost. What happened to earlier ones is in the audit log.
CREATE TABLE recovery_requests (
    tenant_id    text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id      uuid NOT NULL,
    id           uuid NOT NULL,
    lost         uuid[] NOT NULL,                    -- the credentials, as they were when it was asked for
    asked_at     timestamptz NOT NULL DEFAULT now(),
    ends_at      timestamptz NOT NULL,               -- the end of the waiting time
    usable_until timestamptz NOT NULL,
    reminded_at  timestamptz,
    cancelled_at timestamptz,
    used_at      timestamptz,
    journey      uuid,                               -- the one journey that it is good for
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX recovery_requests_end ON recovery_requests (tenant_id, ends_at);
