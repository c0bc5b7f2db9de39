-- Browsers that a person signed in with. `browser` is the digest of a cookie that lives for a year; `family` the kind of browser.
CREATE TABLE devices_known (
    tenant_id      text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id        uuid NOT NULL,
    browser        bytea NOT NULL,
    family         text NOT NULL,
    user_agent     text NOT NULL,
    first_seen     timestamptz NOT NULL DEFAULT now(),
    last_seen      timestamptz NOT NULL DEFAULT now(),
    trusted_until  timestamptz,
    declined_until timestamptz,
    PRIMARY KEY (tenant_id, user_id, browser)
);
CREATE INDEX devices_known_age ON devices_known (tenant_id, last_seen);

-- From which networks (IPv4 /24, IPv6 /48) each of them was used: a cookie that was copied elsewhere is not the device.
CREATE TABLE devices_networks (
    tenant_id text NOT NULL,
    user_id   uuid NOT NULL,
    browser   bytea NOT NULL,
    network   text NOT NULL,
    last_seen timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, browser, network),
    FOREIGN KEY (tenant_id, user_id, browser) REFERENCES devices_known ON DELETE CASCADE
);
