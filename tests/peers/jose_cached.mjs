// The fairest peer: the gate's job in JavaScript, with the same caches and as quick as we know how to write it. Verified tokens for ten
// minutes; sightings in the isolate and in KV, fresh for ten seconds, used and refreshed after the answer up to a minute, else asked of
// the registry; one signed assertion for thirty seconds; the same headers taken away, set and answered with. What the gate does besides
// is missing: pages, sessions, grace, sockets; and, unless WATCHFUL is set, the line in the log and the deadline for the app.

import { createRemoteJWKSet, importJWK, jwtVerify, SignJWT } from "jose";
import { standingInRegistry } from "./registry.mjs";

const SECOND = 1000;
const VERIFIED_FOR = 600 * SECOND;
const FRESH = 10 * SECOND;
const FRESH_OTHERWISE = 2 * SECOND;
const STALE = 60 * SECOND;
const REUSED_FOR = 30 * SECOND;
const LEEWAY = 60 * SECOND;
const KV_REWRITE = 300 * SECOND;

const visitors = new Map();
const sightings = new Map();
let keys;
let signingKey;

export default {
  fetch(request, env, context) {
    const authorization = request.headers.get("authorization");
    if (!authorization?.startsWith("Bearer ")) return refusal(401, "login_required");
    const token = authorization.slice("Bearer ".length);
    const now = Date.now();
    const visitor = visitors.get(token);
    if (visitor === undefined || now - visitor.at >= VERIFIED_FOR) return admit(request, env, context, token, now);
    if (now >= visitor.until) return refusal(401, "token_expired");
    return stand(request, env, context, visitor, now);
  },
};

async function admit(request, env, context, token, now) {
  let claims;
  try {
    keys ??= createRemoteJWKSet(new URL(env.JWKS_URL));
    const rules = { issuer: env.ISSUER, audience: env.AUDIENCE, algorithms: ["RS256"], requiredClaims: ["sub", "exp"], clockTolerance: 60 };
    ({ payload: claims } = await jwtVerify(token, keys, rules));
  } catch (error) {
    return refusal(401, error.code === "ERR_JWT_EXPIRED" ? "token_expired" : "token_invalid");
  }
  const visitor = {
    at: now,
    until: claims.exp * SECOND + LEEWAY,
    issuer: claims.iss,
    subject: claims.sub,
    email: claims.email,
    key: JSON.stringify([claims.iss, claims.sub]),
    assertion: undefined,
  };
  keep(visitors, token, visitor);
  return stand(request, env, context, visitor, now);
}

function stand(request, env, context, visitor, now) {
  const sighting = sightings.get(visitor.key);
  const age = sighting === undefined ? Infinity : now - sighting.at;
  if (age >= STALE) return find(request, env, context, visitor);
  const isFresh = age < (sighting.standing.status === "ready" ? FRESH : FRESH_OTHERWISE);
  if (!isFresh && !sighting.refreshing) {
    sighting.refreshing = true;
    context.waitUntil(ask(env, visitor).then((seen) => store(env, visitor, seen)));
  }
  return answer(request, env, visitor, sighting.standing, now);
}

async function find(request, env, context, visitor) {
  const stored = await env.USHER_KV.get(visitor.key, { type: "json", cacheTtl: 30 });
  let now = Date.now();
  if (stored !== null && now - stored.at < STALE) {
    keep(sightings, visitor.key, { ...stored, refreshing: false });
    return stand(request, env, context, visitor, now);
  }
  const seen = await ask(env, visitor);
  context.waitUntil(store(env, visitor, seen));
  now = Date.now();
  return answer(request, env, visitor, seen.standing, now);
}

async function ask(env, visitor) {
  const at = Date.now();
  const row = await standingInRegistry(env.USHER_DB, visitor.issuer, visitor.subject);
  const standing = row ?? { status: null };
  const seen = { at, standing, refreshing: false, storedAt: sightings.get(visitor.key)?.storedAt };
  keep(sightings, visitor.key, seen);
  return seen;
}

async function store(env, visitor, seen) {
  if (seen.standing.status === null || seen.at - (seen.storedAt ?? 0) < KV_REWRITE) return;
  seen.storedAt = seen.at;
  await env.USHER_KV.put(visitor.key, JSON.stringify({ at: seen.at, standing: seen.standing }), { expirationTtl: 900 });
}

function answer(request, env, visitor, standing, now) {
  if (standing.requires_invitation) return refusal(403, "invitation_required");
  switch (standing.status) {
    case "ready":
      break;
    case "suspended":
      return refusal(403, "instance_suspended");
    case "provisioning":
    case "active":
      return refusal(503, `instance_${standing.status}`);
    default:
      return refusal(403, "no_instance");
  }
  const url = request.url;
  const target = url.indexOf("/", "https://".length);
  const origin = url.slice(0, target);
  const known = visitor.assertion;
  const isUsable =
    known !== undefined && now - known.at < REUSED_FOR && known.instance === standing.instance && known.origin === origin &&
    known.org === standing.org && known.role === standing.role;
  return isUsable
    ? carry(request, env, visitor, standing, known.token, origin, target)
    : sign(env, visitor, standing, origin, now).then((token) => carry(request, env, visitor, standing, token, origin, target));
}

async function sign(env, visitor, standing, origin, now) {
  signingKey ??= await importJWK(env.ASSERTION_KEY, "ES256");
  const { instance, org, role } = standing;
  const seconds = Math.floor(now / SECOND);
  const token = await new SignJWT({ identity_issuer: visitor.issuer, email: visitor.email, org, role })
    .setProtectedHeader({ alg: "ES256", kid: env.ASSERTION_KEY.kid, typ: "usher-assertion+jwt" })
    .setIssuer(origin)
    .setAudience(instance)
    .setSubject(visitor.subject)
    .setIssuedAt(seconds)
    .setNotBefore(seconds - 30)
    .setExpirationTime(seconds + 60)
    .sign(signingKey);
  visitor.assertion = { at: now, token, instance, origin, org, role };
  return token;
}

const NOT_THEIRS_TO_SAY =
  /^(?:usher|x-usher|x-forwarded|forwarded$|x-real-ip$|true-client-ip$|remote-user$|x-remote-user|x-user|x-email$|x-auth|x-gate|x-tenant|x-goog-|x-ms-client-principal|x-amzn-oidc|x-original|x-rewrite|x-envoy|x-middleware|x-accel|cf-|cdn-loop$|cloudflare-|fly-|connection$|keep-alive$|proxy-|te$|trailer$|transfer-encoding$)/;

let requests = 0;

function carry(request, env, visitor, standing, assertion, origin, target) {
  const out = new Request(standing.url + request.url.slice(target), request);
  const { headers } = out;
  for (const name of request.headers.keys()) {
    if (NOT_THEIRS_TO_SAY.test(name.replace(/[^a-z0-9]/g, "-"))) headers.delete(name);
  }
  headers.delete("authorization");
  headers.set("usher-user", encodeURIComponent(visitor.subject));
  headers.set("usher-email", visitor.email);
  if (standing.org !== null) headers.set("usher-org", standing.org);
  headers.set("usher-role", standing.role);
  headers.set("usher-instance", standing.instance);
  headers.set("usher-request-id", `peer-${(requests += 1)}`);
  headers.set("usher-assertion", assertion);
  headers.set("x-forwarded-proto", origin.slice(0, origin.indexOf(":")));
  headers.set("x-forwarded-host", origin.slice(origin.indexOf("/") + 2));
  const from = request.headers.get("cf-connecting-ip");
  if (from !== null) headers.set("x-forwarded-for", from);
  const cookies = request.headers.get("cookie");
  if (cookies !== null && cookies.includes("usher-development")) {
    const others = cookies.split("; ").filter((pair) => !pair.startsWith("usher-development="));
    if (others.length === 0) headers.delete("cookie");
    else headers.set("cookie", others.join("; "));
  }
  if (env.WATCHFUL) note(request, visitor, standing, target);
  return sent(out, env).then((response) => asOurs(response, origin, standing.url));
}

const NOT_KEPT = { cf: { cacheTtlByStatus: { "100-599": -1 } } };

function sent(out, env) {
  if (!env.WATCHFUL) return fetch(out, NOT_KEPT);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, 60 * SECOND, new Error("the app is late"));
    fetch(out, NOT_KEPT).finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

function note(request, visitor, { instance }, target) {
  const { issuer, key } = visitor;
  const path = request.url.slice(target).split("?", 1)[0];
  const line = { event: "decision", request_id: `peer-${requests}`, at: Date.now(), method: request.method, path, decision: "let_in", rule: "ready", visitor: key, issuer, instance, source: "memory" };
  console.log(JSON.stringify(line));
}

const IS_PRIVATE = /(?:^|,)\s*(?:private|no-store)\s*(?:,|$)/i;

function asOurs(response, origin, instance) {
  const { headers } = response;
  const control = headers.get("cache-control");
  const location = headers.get("location");
  const isPrivate = control !== null && IS_PRIVATE.test(control);
  const leadsAround = location !== null && location.startsWith(`${instance}/`);
  const setsOurs = headers.has("set-cookie") && headers.getSetCookie().some((line) => line.startsWith("usher-development"));
  const claims = headers.has("usher-response") || headers.has("usher-reason");
  if (isPrivate && !leadsAround && !setsOurs && !claims) return response;
  const clean = new Response(response.body, response);
  if (!isPrivate) {
    clean.headers.set("cache-control", control === null ? "private" : `private, ${control.replace(/\bpublic\b,?\s*/i, "")}`);
    for (const name of ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"]) clean.headers.delete(name);
  }
  if (leadsAround) clean.headers.set("location", origin + location.slice(instance.length));
  if (claims) for (const name of ["usher-response", "usher-reason"]) clean.headers.delete(name);
  if (setsOurs) {
    const others = headers.getSetCookie().filter((line) => !line.startsWith("usher-development"));
    clean.headers.delete("set-cookie");
    for (const line of others) clean.headers.append("set-cookie", line);
  }
  return clean;
}

function refusal(status, reason) {
  return Response.json({ type: `/reasons#${reason}`, status, reason }, { status, headers: { "cache-control": "no-store" } });
}

// A Map gives its keys in the order in which they came, so the first is the oldest.
function keep(map, key, value) {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_KEPT) map.delete(map.keys().next().value);
}

const MOST_KEPT = 16_384;
