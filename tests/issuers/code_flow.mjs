// A running OpenID provider with a log-in page: npm `oidc-provider` on a free port of this machine, and beside it accounts that can be
// made and removed, and an app that shows the address of whoever shows an access token. A confidential client without PKCE gets a
// code by the browser's way: log-in, consent, and the redirects between them.
//
// The first line on standard output is {"issuer": …}. A line on standard input is answered by {"accounts": N}. When standard input
// closes, everything ends.

import http from "node:http";
import readline from "node:readline";

// The provider tells developers things on standard output, which is ours; none of them matters here.
console.log = console.info = console.warn = () => {};
const { default: Provider } = await import("oidc-provider");
const { exportJWK, generateKeyPair } = await import("jose");

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const accounts = new Set();
let provider;
const server = http.createServer(async (request, response) => {
  const own = await answer(request);
  if (own === undefined) return provider.callback()(request, response);
  response.writeHead(own.status, { "content-type": "text/plain" }).end(own.text);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const { privateKey } = await generateKeyPair("RS256", { extractable: true });
provider = new Provider(issuer, {
  clients: [
    {
      client_id: "usher",
      client_secret: "a secret of this machine only",
      grant_types: ["authorization_code"],
      redirect_uris: [`${issuer}/callback`],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  claims: { email: ["email"] },
  findAccount: (_context, id) =>
    accounts.has(id) ? { accountId: id, claims: () => ({ sub: id, email: id }) } : undefined,
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "1", alg: "RS256", use: "sig" }] },
  pkce: { required: () => false },
});
say({ issuer });

/** What is not the provider's own. */
async function answer(request) {
  const route = `${request.method} ${request.url}`;
  if (route === "POST /accounts") {
    const parts = [];
    for await (const part of request) parts.push(part);
    accounts.add(JSON.parse(Buffer.concat(parts)).email);
    return { status: 201, text: "made" };
  }
  if (route !== "GET /" && route !== "DELETE /accounts/me") return undefined;
  const shown = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const token = await provider.AccessToken.find(shown);
  if (!token || !accounts.has(token.accountId)) return { status: 401, text: "who is there?" };
  if (request.method === "DELETE") accounts.delete(token.accountId);
  return { status: 200, text: token.accountId };
}

for await (const _line of readline.createInterface({ input: process.stdin })) {
  say({ accounts: accounts.size });
}
process.exit(0);
