// A running OpenID provider: npm `oidc-provider` on a free port of this machine. A client of it gets access tokens as JWTs, by
// its client credentials and a resource indicator (RFC 8707): the resource `urn:usher:ES256` or `urn:usher:RS256` says with
// which algorithm the token is signed.
//
// Standard input and output speak JSON, one line each. The first line out is {"issuer": …}. Then {"keys": ["2", "1"]} starts
// the provider anew, at the same address and with these generations of keys, the first of which signs, as an operator does who
// rotates keys; it is answered by {"done": true}. When standard input closes, everything ends.

import http from "node:http";
import readline from "node:readline";

// The provider tells developers things on standard output, which is ours; none of them matters here.
console.log = console.info = console.warn = () => {};
const { default: Provider } = await import("oidc-provider");
const { exportJWK, generateKeyPair } = await import("jose");

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const ALGORITHMS = ["RS256", "ES256"];

const made = new Map();
async function generation(name) {
  if (!made.has(name)) {
    const keys = ALGORITHMS.map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), kid: `${alg}-${name}`, alg, use: "sig" };
    });
    made.set(name, await Promise.all(keys));
  }
  return made.get(name);
}

async function provider(issuer, generations) {
  const keys = (await Promise.all(generations.map(generation))).flat();
  const running = new Provider(issuer, {
    clients: [
      {
        client_id: "guy",
        client_secret: "a secret of this machine only",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          audience: "usher",
          jwt: { sign: { alg: resource.split(":").at(-1) } },
          scope: "",
        }),
      },
    },
    jwks: { keys },
  });
  return running.callback();
}

let answer;
const server = http.createServer((request, response) => answer(request, response));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
answer = await provider(issuer, ["1"]);
say({ issuer });

for await (const line of readline.createInterface({ input: process.stdin })) {
  answer = await provider(issuer, JSON.parse(line).keys);
  say({ done: true });
}
process.exit(0);
