-- Guesses by minute and network (IPv4 /24, IPv6 /48; '' = the whole tenant), without those on known devices.
CREATE TABLE protection_minutes (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    network   text NOT NULL,
    minute    timestamptz NOT NULL,
    wrong     integer NOT NULL,
    "right"   integer NOT NULL,
    accounts  integer NOT NULL,
    PRIMARY KEY (tenant_id, network, minute)
);
CREATE INDEX protection_minutes_age ON protection_minutes (tenant_id, minute);

-- At which accounts, as keyed digests, so that each counts once in ten minutes.
CREATE TABLE protection_accounts (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    network   text NOT NULL,
    since     timestamptz NOT NULL,
    account   bytea NOT NULL,
    PRIMARY KEY (tenant_id, network, since, account)
);
CREATE INDEX protection_accounts_age ON protection_accounts (tenant_id, since);

-- One row for an attack, however many requests it has.
CREATE TABLE protection_attacks (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    id        uuid NOT NULL,
    detector  text NOT NULL,
    network   text NOT NULL,
    reasons   jsonb NOT NULL,
    began_at  timestamptz NOT NULL DEFAULT now(),
    last_at   timestamptz NOT NULL DEFAULT now(),
    ended_at  timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX protection_attacks_running ON protection_attacks (tenant_id, detector, network) WHERE ended_at IS NULL;

CREATE TABLE protection_blocks (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    network   text NOT NULL,
    detector  text NOT NULL,
    began_at  timestamptz NOT NULL DEFAULT now(),
    until     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, network)
);

-- Accounts whose owner said that a change wasn't theirs: nobody signs in before they were recovered.
CREATE TABLE protection_disowned (
    tenant_id  text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id    uuid NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    PRIMARY KEY (tenant_id, user_id)
);
