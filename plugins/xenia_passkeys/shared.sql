INSERT INTO snoozes (tenant_id, user_id, name, until)
    SELECT tenant_id, user_id, 'passkeys.upgrade', until FROM passkeys_snoozes ON CONFLICT DO NOTHING;
DROP TABLE passkeys_snoozes;
