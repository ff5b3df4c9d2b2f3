// An issuer that mints its tokens with npm `jose`.
//
// Standard input and output speak JSON, one line each. The first line out is {"jwks": …}: the public keys, one for each
// algorithm. Then {"mint": algorithm, "issuer": …, "audience": …, "subject": …, "secret": …} is answered by {"token": …};
// the secret is for HS256. When standard input closes, it ends.

import readline from "node:readline";

import { SignJWT, exportJWK, generateKeyPair } from "jose";

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const keys = new Map();
for (const algorithm of ["ES256", "RS256", "EdDSA"]) {
  keys.set(algorithm, await generateKeyPair(algorithm, { extractable: true }));
}
const published = [...keys].map(async ([algorithm, { publicKey }]) => ({
  ...(await exportJWK(publicKey)),
  kid: `${algorithm}-1`,
  alg: algorithm,
  use: "sig",
}));
say({ jwks: { keys: await Promise.all(published) } });

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { mint, issuer, audience, subject, secret } = JSON.parse(line);
  const shared = mint === "HS256";
  const token = new SignJWT({ email: `${subject}@visitors.example` })
    .setProtectedHeader(shared ? { alg: mint, typ: "JWT" } : { alg: mint, typ: "JWT", kid: `${mint}-1` })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setNotBefore("0s")
    .setExpirationTime("5m");
  say({ token: await token.sign(shared ? new TextEncoder().encode(secret) : keys.get(mint).privateKey) });
}
