-- The one live link of a journey. Its secret is elsewhere, as a hash; what its page tells is sealed.
CREATE TABLE magic_link_links (
    tenant_id   text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    journey     uuid NOT NULL,
    ticket      uuid NOT NULL,
    number      smallint NOT NULL,
    tries       smallint NOT NULL,
    about       bytea NOT NULL,
    expires_at  timestamptz NOT NULL,
    approved_at timestamptz,
    PRIMARY KEY (tenant_id, journey)
);
CREATE INDEX magic_link_links_expiry ON magic_link_links (tenant_id, expires_at);
