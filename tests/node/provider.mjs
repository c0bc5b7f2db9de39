// The peer: oidc-provider with the same clients and algorithms as ours. Listens on BENCH_PORT; PGHOST, PGUSER and
// PGDATABASE for the durable store, none for the one in memory. For each number on standard input it prints a line of
// JSON: an access token and so many refresh tokens.
import { generateKeyPairSync } from "node:crypto";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";
import { adapterOf } from "./postgres_adapter.mjs";

const port = Number(process.env.BENCH_PORT);
const issuer = `http://127.0.0.1:${port}`;
const adapter = process.env.PGDATABASE && adapterOf({});
await adapter?.prepare();

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const client_secret = process.env.BENCH_SECRET;
const machine = {
  client_secret,
  redirect_uris: [],
  response_types: [],
  grant_types: ["client_credentials"],
  id_token_signed_response_alg: "ES256",
};
const resource = (accessTokenFormat) => ({
  scope: "api",
  audience: "https://api.example",
  accessTokenFormat,
  accessTokenTTL: 3600,
  jwt: { sign: { alg: "ES256" } },
});

const provider = new Provider(issuer, {
  ...(adapter && { adapter }),
  jwks: { keys: [{ ...key, use: "sig", alg: "ES256" }] },
  cookies: { keys: ["only for measuring"] },
  clients: [
    { client_id: "machine", ...machine },
    { client_id: "opaque", ...machine },
    {
      client_id: "refresher",
      client_secret,
      redirect_uris: ["https://shop.example/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, ClientCredentials: 3600 },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: async () => ({ sub, email: "ada@example.org", email_verified: true, name: "Ada" }),
  }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_, client) => (client.clientId === "refresher" ? undefined : "https://api.example"),
      getResourceServerInfo: (_, __, client) => resource(client.clientId === "machine" ? "jwt" : "opaque"),
      useGrantedResource: () => false,
    },
  },
});

const scope = "openid profile email offline_access";

async function grantOf(accountId) {
  const grant = new provider.Grant({ accountId, clientId: "refresher" });
  grant.addOIDCScope(scope);
  return grant.save();
}

async function tokens(count) {
  const client = await provider.Client.find("refresher");
  const grantId = await grantOf("ada");
  const common = { accountId: "ada", client, grantId, scope, gty: "authorization_code" };
  const access = await new provider.AccessToken(common).save();
  const refresh = [];
  for (let each = 0; each < count; each += 1) {
    refresh.push(await new provider.RefreshToken({ ...common, grantId: await grantOf("ada"), rotations: 0 }).save());
  }
  return { access, refresh };
}

createInterface({ input: process.stdin }).on("line", async (count) => {
  process.stdout.write(`${JSON.stringify(await tokens(Number(count)))}\n`);
});
provider.listen(port, "127.0.0.1");
