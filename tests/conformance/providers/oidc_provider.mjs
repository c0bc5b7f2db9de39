// npm oidc-provider as it comes, with its development pages, which take any login. Says {"issuer": address} when it listens;
// a line with a number on stdin lets so many seconds pass at once.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

console.info = () => {}; // stdout speaks to the test alone
const { clients, claims, modules } = JSON.parse(process.argv[2]);
const require = createRequire(`${modules}/`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

let passed = 0;
const now = Date.now.bind(Date);
Date.now = () => now() + passed;

const server = createServer((request, response) => handler(request, response));
let handler;
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    scopes: ['openid', 'offline_access'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name'],
      email: ['email', 'email_verified'],
      address: ['address'],
      phone: ['phone_number', 'phone_number_verified'],
    },
    clientDefaults: { id_token_signed_response_alg: 'RS256' },
    pkce: { required: () => false },
    enableHttpPostMethods: true,
    cookies: { long: { sameSite: 'none' }, keys: ['a key'] },
    fetch: (address, { dispatcher, ...options } = {}) => globalThis.fetch(address, options), // loopback is where the tests listen
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...claims }) }),
    features: {
      devInteractions: { enabled: true },
      claimsParameter: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      revocation: { enabled: true },
    },
  });
  provider.on('backchannel.error', (_, problem) => console.error('backchannel.error', problem));
  provider.on('server_error', (_, problem) => console.error('server_error', problem));
  handler = provider.callback();
  process.stdout.write(JSON.stringify({ issuer }) + '\n');
});

for await (const line of createInterface({ input: process.stdin })) {
  passed += Number(line) * 1000;
  process.stdout.write('passed\n');
}
process.exit(0);
