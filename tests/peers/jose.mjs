// What most people write: the token is verified and the visitor's status read for every request, then the request is passed on with who
// it is from. With READ = "registry" the status comes from the registry instead of KV.

import { createRemoteJWKSet, jwtVerify } from "jose";
import { standingInRegistry } from "./registry.mjs";

let keys;

export default {
  async fetch(request, env) {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    if (!token) return refusal(401, "login_required");
    let claims;
    try {
      keys ??= createRemoteJWKSet(new URL(env.JWKS_URL));
      const rules = { issuer: env.ISSUER, audience: env.AUDIENCE, algorithms: ["RS256"], requiredClaims: ["sub", "exp"] };
      ({ payload: claims } = await jwtVerify(token, keys, rules));
    } catch {
      return refusal(401, "token_invalid");
    }
    const standing =
      env.READ === "registry"
        ? await standingInRegistry(env.USHER_DB, claims.iss, claims.sub)
        : await env.USHER_KV.get(`standing:${claims.sub}`, "json");
    if (standing?.status !== "ready") return refusal(403, "instance_not_ready");

    const { pathname, search } = new URL(request.url);
    const out = new Request(standing.url + pathname + search, request);
    out.headers.delete("authorization");
    out.headers.set("x-user", claims.sub);
    out.headers.set("x-email", claims.email);
    return fetch(out);
  },
};

function refusal(status, reason) {
  return Response.json({ status, reason }, { status, headers: { "cache-control": "no-store" } });
}
