-- What people agreed to, by application (OpenID Connect Core section 3.1.2.4).
CREATE TABLE oidc_consents (
    tenant_id      text NOT NULL,
    user_id        uuid NOT NULL,
    application_id text NOT NULL,
    scope          text[] NOT NULL,
    agreed_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id, application_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, application_id) REFERENCES applications ON DELETE CASCADE
);
CREATE INDEX oidc_consents_application ON oidc_consents (tenant_id, application_id);
