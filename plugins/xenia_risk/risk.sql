-- Where and with what people signed in before. Erased with them.
CREATE TABLE risk_sign_ins (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    id        uuid NOT NULL,
    at        timestamptz NOT NULL,
    country   text NOT NULL,
    provider  bigint,
    latitude  real,
    longitude real,
    family    text NOT NULL,
    PRIMARY KEY (tenant_id, user_id, id)
);
CREATE INDEX risk_sign_ins_newest ON risk_sign_ins (tenant_id, user_id, at DESC);
CREATE INDEX risk_sign_ins_age ON risk_sign_ins (tenant_id, at);

-- Every decision with what it was made from: one for each journey.
CREATE TABLE risk_decisions (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    id        uuid NOT NULL,
    journey   uuid NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    user_id   uuid NOT NULL,
    sign_in   jsonb NOT NULL,
    verdict   text NOT NULL,
    rule      text NOT NULL,
    score     smallint NOT NULL,
    acr       text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, journey)
);
CREATE INDEX risk_decisions_person ON risk_decisions (tenant_id, user_id);
CREATE INDEX risk_decisions_age ON risk_decisions (tenant_id, at);

-- A policy that somebody works on, which decides nothing yet.
CREATE TABLE risk_drafts (
    tenant_id text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    policy    jsonb NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
