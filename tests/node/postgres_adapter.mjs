// A store for oidc-provider that is as durable as ours: one row for each thing, every change committed before the answer.
import pg from "pg";

export const TABLE = `
  CREATE TABLE IF NOT EXISTS models (
    kind text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, uid text, user_code text,
    expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (kind, id));
  CREATE INDEX IF NOT EXISTS models_grant ON models (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS models_uid ON models (kind, uid) WHERE uid IS NOT NULL`;

const LIVE = "kind = $1 AND (expires_at IS NULL OR expires_at > now())";

export function adapterOf(connection) {
  const pool = new pg.Pool({ ...connection, max: 10 });
  const ask = (name, text, values) => pool.query({ name, text, values });

  return class PostgresAdapter {
    static prepare() {
      return pool.query(TABLE);
    }

    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, payload, expiresIn) {
      await ask(
        "upsert",
        `INSERT INTO models (kind, id, payload, grant_id, uid, user_code, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
         ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
        [this.kind, id, payload, payload.grantId, payload.uid, payload.userCode, expiresIn ?? null],
      );
    }

    async find(id) {
      return this.#one("find", `${LIVE} AND id = $2`, id);
    }

    async findByUid(uid) {
      return this.#one("find-uid", `${LIVE} AND uid = $2`, uid);
    }

    async findByUserCode(code) {
      return this.#one("find-code", `${LIVE} AND user_code = $2`, code);
    }

    async consume(id) {
      await ask("consume", "UPDATE models SET consumed_at = now() WHERE kind = $1 AND id = $2", [this.kind, id]);
    }

    async destroy(id) {
      await ask("destroy", "DELETE FROM models WHERE kind = $1 AND id = $2", [this.kind, id]);
    }

    async revokeByGrantId(grant) {
      await ask("revoke", "DELETE FROM models WHERE grant_id = $1", [grant]);
    }

    async #one(name, condition, value) {
      const { rows } = await ask(
        name,
        `SELECT payload, extract(epoch FROM consumed_at)::int AS consumed FROM models WHERE ${condition}`,
        [this.kind, value],
      );
      return rows[0] && { ...rows[0].payload, ...(rows[0].consumed && { consumed: rows[0].consumed }) };
    }
  };
}
