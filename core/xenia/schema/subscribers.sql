CREATE TABLE subscribers (                          -- whoever was ever seen: what was before doesn't concern them
    name  text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE parked_events (                        -- what a subscriber could not take, put aside so that later ones go on
    tenant_id  text NOT NULL,
    subscriber text NOT NULL,
    position   bigint NOT NULL,
    problem    text NOT NULL DEFAULT '',
    parked_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subscriber, position),
    FOREIGN KEY (tenant_id, position) REFERENCES event_positions
);
