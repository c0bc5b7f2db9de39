-- Credentials that came into an account while somebody else was in it: they open nothing until their owner, or an administrator, has looked.
ALTER TABLE protection_disowned ADD COLUMN distrusted uuid[] NOT NULL DEFAULT '{}';
