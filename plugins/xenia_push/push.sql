-- Devices that scanned a picture and wait for their number to be typed. What they are is sealed.
CREATE TABLE push_enrolments (
    tenant_id  text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    ticket     uuid NOT NULL,
    number     smallint NOT NULL,
    tries      smallint NOT NULL,
    device     bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, ticket)
);
CREATE INDEX push_enrolments_expiry ON push_enrolments (tenant_id, expires_at);

-- The last request of an account, and how the ones before it ended: of strangers together, and of each browser that the person is known to use
-- (`lane`). `account` is a keyed digest, of an account that may not exist.
CREATE TABLE push_challenges (
    tenant_id   text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    account     bytea NOT NULL,
    lane        text NOT NULL,
    id          uuid NOT NULL,
    journey     uuid NOT NULL,
    nonce       bytea NOT NULL,
    number      smallint NOT NULL,
    about       bytea NOT NULL,
    expires_at  timestamptz NOT NULL,
    outcome     text,
    decided_at  timestamptz,
    device      uuid,
    window_ends timestamptz NOT NULL,
    started     integer NOT NULL DEFAULT 1,
    missed      integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, account, lane),
    UNIQUE (tenant_id, id)
);
CREATE INDEX push_challenges_expiry ON push_challenges (tenant_id, expires_at);
