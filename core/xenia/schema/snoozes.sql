CREATE TABLE snoozes (                             -- who said "not now", or "never", to what they were offered
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    name      text NOT NULL,                       -- of the offer
    until     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, name)
);
