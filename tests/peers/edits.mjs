// The least that a gate in JavaScript can cost: the request is copied, the headers that only the gate may say are taken away, those that say
// who is there are set, the app's answer is looked through, and nothing is kept by the platform's cache. Nobody is asked who they are.

const NOT_THEIRS_TO_SAY =
  /^(?:usher|x-usher|x-forwarded|forwarded$|x-real-ip$|true-client-ip$|remote-user$|x-remote-user|x-user|x-email$|x-auth|x-gate|x-tenant|x-goog-|x-ms-client-principal|x-amzn-oidc|x-original|x-rewrite|x-envoy|x-middleware|x-accel|cf-|cdn-loop$|cloudflare-|fly-|connection$|keep-alive$|proxy-|te$|trailer$|transfer-encoding$)/;

const INTRODUCTION = [
  ["usher-user", "auth0|visitor-00000"],
  ["usher-email", "visitor-00000@bench.invalid"],
  ["usher-org", "acme"],
  ["usher-role", "member"],
  ["usher-instance", "i-visitor-00000"],
  ["usher-request-id", "peer-0"],
  ["usher-assertion", `${"h".repeat(80)}.${"p".repeat(470)}.${"s".repeat(86)}`],
  ["x-forwarded-proto", "http"],
  ["x-forwarded-host", "app.localhost"],
];

const NOT_KEPT = { cf: { cacheTtlByStatus: { "100-599": -1 } } };
const IS_PRIVATE = /(?:^|,)\s*(?:private|no-store)\s*(?:,|$)/i;

const judged = new Map();

function isTheirsToSay(name) {
  let theirs = judged.get(name);
  if (theirs === undefined) {
    theirs = !NOT_THEIRS_TO_SAY.test(name.replace(/[^a-z0-9]/g, "-"));
    judged.set(name, theirs);
  }
  return theirs;
}

export default {
  fetch(request, env) {
    const out = new Request(env.INSTANCE + request.url.slice(request.url.indexOf("/", "https://".length)), request);
    const { headers } = out;
    for (const name of request.headers.keys()) if (!isTheirsToSay(name)) headers.delete(name);
    headers.delete("authorization");
    for (const [name, value] of INTRODUCTION) headers.set(name, value);
    return fetch(out, NOT_KEPT).then(looked);
  },
};

function looked(response) {
  const { headers } = response;
  const control = headers.get("cache-control");
  const isAsItIs =
    control !== null && IS_PRIVATE.test(control) && !headers.has("location") && !headers.has("set-cookie") && !headers.has("usher-response");
  if (isAsItIs) return response;
  const clean = new Response(response.body, response);
  clean.headers.set("cache-control", "private");
  return clean;
}
