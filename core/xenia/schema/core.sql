-- The core's tables. Keys are (tenant_id, id) with composite foreign keys, so that a link across tenants can't exist.
-- Identifiers are UUIDv7 and never secrets; secrets are stored as SHA-256; what must be read back is sealed.

CREATE TABLE tenants (
    id          text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,31}$'),
    title       text NOT NULL,
    issuer      text NOT NULL UNIQUE,
    plugins     text[] NOT NULL DEFAULT '{}',
    status      text NOT NULL DEFAULT 'active',
    locale      text NOT NULL DEFAULT 'en',
    roles       jsonb NOT NULL DEFAULT '{}',       -- role name -> permissions
    attributes  jsonb NOT NULL DEFAULT '{}',       -- the schema of user attributes
    managed     jsonb NOT NULL DEFAULT '{}',       -- what a file manages
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE domains (
    host        text PRIMARY KEY,
    tenant_id   text NOT NULL REFERENCES tenants,
    purpose     text NOT NULL DEFAULT 'issuer'
);

-- One row per thing that processes cache: they poll this table every second and drop what has a newer version.
CREATE TABLE versions (
    tenant_id   text NOT NULL,
    thing       text NOT NULL,                     -- tenant, settings:<plugin>, application:<id>, keys
    version     bigint NOT NULL DEFAULT 1,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, thing)
);
CREATE INDEX versions_transaction ON versions (transaction);

CREATE TABLE settings (
    tenant_id   text NOT NULL REFERENCES tenants,
    plugin      text NOT NULL,
    data        jsonb NOT NULL DEFAULT '{}',       -- secrets inside are sealed strings
    managed_by  text NOT NULL DEFAULT 'console',
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, plugin)
);

CREATE TABLE data_keys (                           -- a tenant's data keys, wrapped by the master key
    tenant_id   text NOT NULL,
    id          bytea NOT NULL,
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE users (
    tenant_id   text NOT NULL REFERENCES tenants,
    id          uuid NOT NULL,
    pool        text NOT NULL DEFAULT 'default',
    status      text NOT NULL DEFAULT 'active',
    attributes  jsonb NOT NULL DEFAULT '{}',
    roles       text[] NOT NULL DEFAULT '{}',
    locale      text,
    search      text NOT NULL DEFAULT '',          -- the name, folded, for prefix search
    epoch       bigint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX users_search ON users (tenant_id, search text_pattern_ops);
CREATE INDEX users_status ON users (tenant_id, status, id) WHERE status <> 'active';

CREATE TABLE identifiers (
    tenant_id   text NOT NULL,
    pool        text NOT NULL DEFAULT 'default',
    kind        text NOT NULL,
    normalised  text NOT NULL,
    user_id     uuid NOT NULL,
    value       text NOT NULL,
    is_primary  boolean NOT NULL DEFAULT false,
    verified_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, pool, kind, normalised),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX identifiers_user ON identifiers (tenant_id, user_id);
CREATE INDEX identifiers_prefix ON identifiers (tenant_id, normalised text_pattern_ops);

CREATE TABLE credentials (
    tenant_id   text NOT NULL,
    id          uuid NOT NULL,
    user_id     uuid NOT NULL,
    plugin      text NOT NULL,
    kind        text NOT NULL,
    label       text NOT NULL DEFAULT '',
    second      boolean NOT NULL DEFAULT false,
    lookup      bytea,
    counter     bigint NOT NULL DEFAULT 0,
    data        bytea NOT NULL,                    -- sealed; the plugin's own
    created_at  timestamptz NOT NULL DEFAULT now(),
    used_at     timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX credentials_user ON credentials (tenant_id, user_id, kind);
CREATE UNIQUE INDEX credentials_lookup ON credentials (tenant_id, kind, lookup) WHERE lookup IS NOT NULL;

CREATE TABLE subjects (                            -- what an application sees as `sub`
    tenant_id   text NOT NULL,
    sector      text NOT NULL DEFAULT '',
    value       text NOT NULL,
    user_id     uuid NOT NULL,
    PRIMARY KEY (tenant_id, value),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE UNIQUE INDEX subjects_user ON subjects (tenant_id, user_id, sector);

CREATE TABLE applications (
    tenant_id    text NOT NULL REFERENCES tenants,
    id           text NOT NULL,
    title        text NOT NULL,
    first_party  boolean NOT NULL DEFAULT true,
    home         text NOT NULL DEFAULT '',
    required_acr text NOT NULL DEFAULT '',
    protocols    jsonb NOT NULL DEFAULT '{}',
    managed_by   text NOT NULL DEFAULT 'console',
    enabled      boolean NOT NULL DEFAULT true,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE application_secrets (
    tenant_id      text NOT NULL,
    application_id text NOT NULL,
    id             uuid NOT NULL,
    hash           text NOT NULL,                  -- sha256:<hex> for secrets we made, an argon2id string for those that people chose
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, application_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES applications ON DELETE CASCADE
);

CREATE TABLE sessions (
    tenant_id        text NOT NULL,
    id               uuid NOT NULL,
    hash             bytea NOT NULL,               -- SHA-256 of the cookie's secret
    user_id          uuid NOT NULL,
    acr              text NOT NULL,
    amr              text[] NOT NULL DEFAULT '{}',
    proofs           jsonb NOT NULL DEFAULT '[]',
    fields           jsonb NOT NULL DEFAULT '{}',
    address          text NOT NULL DEFAULT '',
    user_agent       text NOT NULL DEFAULT '',
    authenticated_at timestamptz NOT NULL DEFAULT now(),
    created_at       timestamptz NOT NULL DEFAULT now(),
    last_seen_at     timestamptz NOT NULL DEFAULT now(),
    idle_seconds     int NOT NULL,
    expires_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE UNIQUE INDEX sessions_hash ON sessions (tenant_id, hash);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at) WHERE ended_at IS NULL;

CREATE TABLE grants (
    tenant_id      text NOT NULL,
    id             uuid NOT NULL,
    application_id text NOT NULL,
    user_id        uuid,
    subject        text NOT NULL DEFAULT '',
    session_id     uuid,
    parent_id      uuid,
    scope          text[] NOT NULL DEFAULT '{}',
    resources      text[] NOT NULL DEFAULT '{}',
    acr            text NOT NULL DEFAULT '',
    amr            text[] NOT NULL DEFAULT '{}',
    auth_time      timestamptz,
    is_offline     boolean NOT NULL DEFAULT false,
    actor          jsonb NOT NULL DEFAULT '{}',
    data           jsonb NOT NULL DEFAULT '{}',
    created_at     timestamptz NOT NULL DEFAULT now(),
    ends_at        timestamptz,
    ended_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, application_id) REFERENCES applications ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX grants_user ON grants (tenant_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX grants_session ON grants (tenant_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX grants_parent ON grants (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE UNIQUE INDEX grants_client ON grants (tenant_id, application_id) WHERE user_id IS NULL AND ended_at IS NULL;

CREATE TABLE codes (
    tenant_id      text NOT NULL,
    hash           bytea NOT NULL,
    grant_id       uuid NOT NULL,
    application_id text NOT NULL,
    data           bytea NOT NULL,
    expires_at     timestamptz NOT NULL,
    used_at        timestamptz,
    PRIMARY KEY (tenant_id, hash),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants ON DELETE CASCADE
);
CREATE INDEX codes_expiry ON codes (expires_at);

CREATE TABLE access_tokens (                       -- opaque ones
    tenant_id  text NOT NULL,
    hash       bytea NOT NULL,
    id         uuid NOT NULL,
    grant_id   uuid NOT NULL,
    scope      text[] NOT NULL DEFAULT '{}',
    audience   text[] NOT NULL DEFAULT '{}',
    extra      jsonb NOT NULL DEFAULT '{}',
    issued_at  timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, hash),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants ON DELETE CASCADE
);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    tenant_id      text NOT NULL,
    hash           bytea NOT NULL,
    grant_id       uuid NOT NULL,
    application_id text NOT NULL,
    scope          text[] NOT NULL DEFAULT '{}',
    issued_at      timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,           -- of the family: never moves
    idle_until     timestamptz NOT NULL,
    used_at        timestamptz,
    successor      bytea,                          -- the next token, sealed under the one that asked for it
    PRIMARY KEY (tenant_id, hash),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_grant ON refresh_tokens (tenant_id, grant_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE revocations (                         -- what ended, in the order of the commit; tailed by every process
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    tenant_id  text NOT NULL,
    kind       text NOT NULL,                      -- grant, session, token, user, person (the key was destroyed)
    id         text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX revocations_thing ON revocations (tenant_id, kind, id);
CREATE INDEX revocations_transaction ON revocations (transaction);
CREATE INDEX revocations_at ON revocations USING brin (at);

CREATE TABLE signing_keys (
    tenant_id  text NOT NULL,
    kid        text NOT NULL,
    alg        text NOT NULL,
    use        text NOT NULL DEFAULT 'sig',        -- sig, audit
    state      text NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed     bytea,                              -- the private key; gone when retired
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kid)
);
CREATE UNIQUE INDEX signing_keys_one ON signing_keys (tenant_id, use, alg, state) WHERE state IN ('next', 'active');

CREATE TABLE journeys (
    tenant_id  text NOT NULL,
    id         uuid NOT NULL,
    handle     bytea NOT NULL,                     -- SHA-256 of the handle in the address; changes after each proof
    previous   bytea,                              -- the one before, so that a repeated form is led on
    browser    bytea NOT NULL,                     -- SHA-256 of the cookie that began it
    version    int NOT NULL DEFAULT 1,
    state      bytea NOT NULL,                     -- sealed
    expires_at timestamptz NOT NULL,
    done_at    timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX journeys_handle ON journeys (tenant_id, handle);
CREATE INDEX journeys_previous ON journeys (tenant_id, previous) WHERE previous IS NOT NULL;
CREATE INDEX journeys_expiry ON journeys (expires_at);

CREATE TABLE one_time (
    tenant_id     text NOT NULL,
    kind          text NOT NULL,
    hash          bytea NOT NULL,
    data          bytea NOT NULL DEFAULT '',
    attempts_left int NOT NULL DEFAULT 1,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    PRIMARY KEY (tenant_id, kind, hash)
);
CREATE INDEX one_time_expiry ON one_time (expires_at);

CREATE TABLE counters (
    tenant_id   text NOT NULL,
    key         bytea NOT NULL,
    window_ends timestamptz NOT NULL,
    count       int NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX counters_expiry ON counters (window_ends);

CREATE TABLE events (                              -- audit log and outbox; insert-only for the application's role
    tenant_id   text NOT NULL,
    id          uuid NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    type        text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor       jsonb NOT NULL,
    object_kind text NOT NULL,
    object_id   text NOT NULL,
    application text NOT NULL DEFAULT '',
    result      text NOT NULL DEFAULT 'ok',
    request_id  text NOT NULL DEFAULT '',
    data        jsonb NOT NULL DEFAULT '{}',
    person      uuid,
    personal    bytea,                             -- under the person's key
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX events_person ON events (tenant_id, person, id) WHERE person IS NOT NULL;
CREATE INDEX events_type ON events (tenant_id, type, id);
CREATE INDEX events_object ON events (tenant_id, object_kind, object_id, id);
CREATE INDEX events_transaction ON events (transaction);    -- the sealer asks from its mark on

CREATE TABLE event_positions (                     -- given by the sealer after the commit
    tenant_id text NOT NULL,
    position  bigint NOT NULL,
    event_id  uuid NOT NULL,
    batch     bigint NOT NULL,
    leaf      bytea NOT NULL,                      -- hash of the row when it was sealed, so that a verifier can name the one that differs
    PRIMARY KEY (tenant_id, position),
    FOREIGN KEY (tenant_id, event_id) REFERENCES events
);
CREATE UNIQUE INDEX event_positions_event ON event_positions (tenant_id, event_id);

CREATE TABLE event_batches (
    tenant_id      text NOT NULL,
    number         bigint NOT NULL,
    first_position bigint NOT NULL,
    last_position  bigint NOT NULL,
    root           bytea NOT NULL,                 -- Merkle root over the rows (RFC 6962 section 2.1)
    previous       bytea NOT NULL,                 -- hash of the batch before
    hash           bytea NOT NULL,
    kid            text NOT NULL,
    signature      bytea NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

CREATE TABLE event_sealing (                       -- one row: every event of an older transaction has its position
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    below      xid8 NOT NULL DEFAULT '0'
);
INSERT INTO event_sealing DEFAULT VALUES;

CREATE TABLE person_keys (                         -- erasure deletes a row here and none of the events
    tenant_id text NOT NULL,
    person    uuid NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (tenant_id, person)
);

CREATE TABLE subscriptions (
    tenant_id  text NOT NULL,
    subscriber text NOT NULL,
    position   bigint NOT NULL DEFAULT 0,
    failures   int NOT NULL DEFAULT 0,
    retry_at   timestamptz NOT NULL DEFAULT now(),
    problem    text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, subscriber)
);

CREATE TABLE jobs (
    tenant_id  text NOT NULL,
    id         uuid NOT NULL,
    name       text NOT NULL,
    key        text NOT NULL DEFAULT '',
    data       bytea NOT NULL,                     -- sealed
    run_at     timestamptz NOT NULL DEFAULT now(),
    attempts   int NOT NULL DEFAULT 0,
    leased_until timestamptz,
    problem    text NOT NULL DEFAULT '',
    dead_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE dead_at IS NULL;
CREATE UNIQUE INDEX jobs_once ON jobs (tenant_id, name, key) WHERE key <> '' AND dead_at IS NULL AND attempts = 0;
CREATE TABLE periodic_jobs (
    name        text PRIMARY KEY,
    last_run_at timestamptz NOT NULL DEFAULT '-infinity'
);
