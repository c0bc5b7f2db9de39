-- Where a sign-in came from, with what, and what became of one that was asked for more: '' = nothing yet, NULL = from before this was noted.
ALTER TABLE risk_decisions
    ADD COLUMN address text NOT NULL DEFAULT '',
    ADD COLUMN browser text NOT NULL DEFAULT '',
    ADD COLUMN outcome text;
