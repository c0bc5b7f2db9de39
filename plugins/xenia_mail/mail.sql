-- Mails of development, which never left the machine.
CREATE TABLE mail_mailbox (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    id        uuid NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    recipient text NOT NULL,
    subject   text NOT NULL,
    text      text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX mail_mailbox_newest ON mail_mailbox (tenant_id, at DESC, id DESC);

-- A link in a mail was confirmed: the journey that waits in its own browser may go on, once.
CREATE TABLE mail_approvals (
    tenant_id  text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    journey    uuid NOT NULL,
    address    text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, journey)
);
