// A relying party by openid-client, an independent and certified library: what it checks, we pass.
// Speaks lines of JSON: {"visit": address} asks for the address that the browser came back to, which is read from stdin.
import { createInterface } from 'node:readline';
import * as client from 'openid-client';

const [issuer, id, secret, redirectUri] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const visit = async (address) => {
  say({ visit: address.href });
  return new URL((await lines.next()).value);
};

const authentication = secret ? client.ClientSecretBasic(secret) : client.None();
const config = await client.discovery(new URL(issuer), id, undefined, authentication, { execute: [client.allowInsecureRequests] });

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const callback = await visit(client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'openid profile email offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  max_age: '1000',
  state,
  nonce,
}));
const tokens = await client.authorizationCodeGrant(config, callback, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  maxAge: 1000,
  idTokenExpected: true,
});
const claims = tokens.claims();
const known = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
const seen = secret ? await client.tokenIntrospection(config, refreshed.access_token) : null;
await client.tokenRevocation(config, refreshed.refresh_token);
const dead = secret ? await client.tokenIntrospection(config, refreshed.access_token) : null;
const away = await visit(client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: redirectUri }));

say({ claims, known, same: refreshed.claims().sub === claims.sub, seen: seen?.active, dead: dead?.active, away: away.href });
process.exit(0);
