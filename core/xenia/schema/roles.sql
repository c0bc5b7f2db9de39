-- Three roles: the owner (whoever migrates), the application (reviewed hot statements), and a scoped one for everything composed.
-- Row-level security is forced on the scoped role: the tenant is set for the transaction, and unset means no rows.
-- Run after every migration: idempotent, and it covers the tables of plugins.
DO $$
DECLARE
    wanted text;
    -- Since PostgreSQL 16 who makes a role may give it away, but not yet take it on.
    needed text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['xenia_app', 'xenia_scoped'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, needed) THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user);
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO xenia_app, xenia_scoped;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO xenia_app, xenia_scoped;
GRANT SELECT ON migration TO xenia_app;

DO $$
DECLARE
    entry record;
BEGIN
    FOR entry IN
        SELECT c.relname AS name,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS tenanted
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'migration'
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO xenia_app', entry.name);
        IF entry.tenanted THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO xenia_scoped', entry.name);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', entry.name);
            EXECUTE format('DROP POLICY IF EXISTS app ON %I', entry.name);
            EXECUTE format('CREATE POLICY app ON %I TO xenia_app USING (true) WITH CHECK (true)', entry.name);
            EXECUTE format('DROP POLICY IF EXISTS tenant ON %I', entry.name);
            EXECUTE format(
                'CREATE POLICY tenant ON %I TO xenia_scoped USING (tenant_id = current_setting(''xenia.tenant'', true)) '
                'WITH CHECK (tenant_id = current_setting(''xenia.tenant'', true))', entry.name);
        END IF;
    END LOOP;
END $$;

-- What must never change once written, and what a plugin has no business reading.
REVOKE UPDATE, DELETE ON events, event_positions, event_batches, revocations FROM xenia_app, xenia_scoped;
REVOKE ALL ON data_keys, person_keys, signing_keys, sessions, codes, access_tokens, refresh_tokens, journeys, one_time, jobs, counters,
    application_secrets, revocations, merges FROM xenia_scoped;
REVOKE INSERT, UPDATE, DELETE ON tenants, domains, versions, settings, users, identifiers, credentials, subjects, applications, grants, events,
    event_positions, event_batches, subscriptions, parked_events FROM xenia_scoped;
GRANT EXECUTE ON FUNCTION prune_revocations(int) TO xenia_app;
