// npm install jose
import { createRemoteJWKSet, jwtVerify } from "jose";

const GATE = process.env.USHER_GATE; // https://app.example.com: where your visitors' requests come to
const INSTANCE = process.env.USHER_INSTANCE; // the id that your platform gave this instance
const keys = createRemoteJWKSet(new URL("/.usher/jwks.json", GATE));

/** Who is there, or an error: then answer 401. */
export async function visitor(assertion) {
  const { payload } = await jwtVerify(assertion, keys, {
    algorithms: ["ES256"],
    audience: INSTANCE,
    issuer: GATE,
    typ: "usher-assertion+jwt",
    requiredClaims: ["exp", "nbf", "sub"],
  });
  return payload;
}
