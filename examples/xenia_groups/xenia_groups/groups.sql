-- Who is in which group. A group is there while somebody is in it.
CREATE TABLE groups_members (
    tenant_id text NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    name      text NOT NULL,
    PRIMARY KEY (tenant_id, user_id, name)
);
