-- What a tenant's messages cost within the running hour and the running day, each counted from its first message.
CREATE TABLE sms_spending (
    tenant_id  text PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    hour_ends  timestamptz NOT NULL,
    hour_spent integer NOT NULL,
    day_ends   timestamptz NOT NULL,
    day_spent  integer NOT NULL
);
