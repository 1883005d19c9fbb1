// oidc-provider as a plant's identity provider. It prints its issuer; then each line of JSON on standard input
// changes it: {"users": {...}}, {"behind": seconds that its clock is slow}, {"roll": true} for other keys.
// Its development pages let anybody in under any name; what a name means the test says.
import http from "node:http";
import readline from "node:readline";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const options = JSON.parse(process.argv[2]);
let users = options.users;
let behind_s = 0;
const clock = Date.now;
Date.now = () => clock() - behind_s * 1000;
let current = null;

async function key(kid) {
  const { privateKey } = await generateKeyPair(options.alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: options.alg, use: "sig" };
}

async function provider(issuer, keys) {
  const made = new Provider(issuer, {
    jwks: { keys },
    clients: [
      {
        client_id: "millwright",
        ...(options.secret ? { client_secret: options.secret } : { token_endpoint_auth_method: "none" }),
        redirect_uris: [options.redirect_uri],
        id_token_signed_response_alg: options.alg,
      },
    ],
    claims: { profile: ["preferred_username", "groups"] },
    conformIdTokenClaims: options.userinfo_only,
    pkce: { required: () => true },
    ttl: { IdToken: 300, AuthorizationCode: 60, AccessToken: 300, Interaction: 300, Session: 300, Grant: 300 },
    cookies: { keys: ["a key of the test's own"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...users[id] }) }),
  });
  return made.callback();
}

const server = http.createServer((request, response) => current(request, response));
server.listen(options.port ?? 0, "127.0.0.1", async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let count = 1;
  current = await provider(issuer, [await key("k1")]);
  console.log(JSON.stringify({ issuer }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const told = JSON.parse(line);
    if (told.users) users = told.users;
    if (told.behind !== undefined) behind_s = told.behind;
    if (told.roll) current = await provider(issuer, [await key(`k${++count}`)]);
    console.log(JSON.stringify({ done: true }));
  }
  process.exit(0);
});
