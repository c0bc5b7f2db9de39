CREATE TABLE merges (                              -- two accounts that became one, and what it takes to part them again
    tenant_id text NOT NULL,
    id        uuid NOT NULL,
    source    uuid NOT NULL,
    target    uuid NOT NULL,
    record    bytea NOT NULL,                      -- sealed: identifiers, and what plugins moved
    at        timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, source) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, target) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX merges_source ON merges (tenant_id, source);
CREATE INDEX merges_target ON merges (tenant_id, target);
