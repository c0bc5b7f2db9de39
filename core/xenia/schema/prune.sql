-- The application may add to the revocation log and change nothing in it. What ended a day ago is of no more use: a signed token
-- lives for minutes, everything else is looked up by its grant. Only the owner may delete, so the owner's function does.
CREATE FUNCTION prune_revocations(most int) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH gone AS (
        DELETE FROM public.revocations WHERE position IN (
            SELECT position FROM public.revocations WHERE at < now() - interval '1 day'
            ORDER BY position LIMIT most FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION prune_revocations(int) FROM PUBLIC;
