// The part of carrying that is done in JavaScript, because it touches every header: crossing from WebAssembly costs
// several microseconds a header, looking from here next to nothing.

// Names by which an app could be told who is there, or be steered. Compared after folding every character that some server
// folds into `-` (CVE-2025-64484: `_`; PHP and CGI: `.`), so that no alias of a name survives.
const OURS_TO_SAY =
  /^(?:usher|x-usher|x-forwarded|forwarded$|x-real-ip$|true-client-ip$|remote-user$|x-remote-user|x-user|x-email$|x-auth|x-authenticated|x-gate|x-tenant|x-goog-authenticated|x-goog-iap|x-ms-client-principal|x-amzn-oidc|x-original|x-rewrite|x-envoy|x-middleware|x-accel|cf-|cdn-loop$|cloudflare-|fly-)/;

const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-|te$|trailer$|transfer-encoding$)/;

// Browsers send the same few dozen names again and again.
const judged = new Map();
const MOST_JUDGED = 500;

function isOursToSay(name) {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const folded = name.replace(/[^a-z0-9]/g, "-");
  const isOurs = OURS_TO_SAY.test(folded) || HOP_BY_HOP.test(name);
  if (judged.size < MOST_JUDGED) judged.set(name, isOurs);
  return isOurs;
}

// What a visitor is shown is theirs alone, so the platform keeps no copy of it (web cache deception).
const NOT_KEPT = { cf: { cacheTtlByStatus: { "100-599": -1 } } };

// An app that is being replaced refuses connections for a moment. Asked once more is what changes nothing by being done twice
// (RFC 9110 section 9.2.2) and has no body that would be gone.
const ONCE_MORE = /^(?:GET|HEAD|OPTIONS)$/;
const ONCE_MORE_AFTER_MILLIS = 300;

// Why the instance gave no answer, as `proxy.rs` reads it.
const FAILED = "failed";
const LATE = "late";

// Marks a promise that nothing in WebAssembly has to keep, for the shim: a trap elsewhere does not end it.
const CARRIED = Symbol.for("usher.carried");

// Sends `request` to `url`, and answers with the instance's own response, or with `unreachable(request, requestId, instance, kind, problem)`.
// `introduction` is a flat list of the headers that say who is there. `cookies` is what is left without the gate's cookie, where that
// differs from what came. The first `gateLength` characters of the request's address and the first `instanceLength` of `url` are the
// origins. `timing`, for an operator, is where the request waited until now.
export function carry(
  request, url, introduction, bearsToken, cookies, cookie, requestId, gateLength, instanceLength, patienceMillis, timing, unreachable,
) {
  // Asked before the body goes to the copy.
  const isBare = request.body === null;
  // Copied whole, body and all. Naming the parts that a request without a body needs would spare the copy that `fetch` makes of it, and
  // cost more: each part is read and converted from here.
  const out = new Request(url, request);
  const headers = out.headers;
  for (const name of request.headers.keys()) {
    if (isOursToSay(name)) headers.delete(name);
  }
  if (bearsToken) headers.delete("authorization");
  if (cookies === "") headers.delete("cookie");
  else if (cookies !== undefined) headers.set("cookie", cookies);
  for (let i = 0; i < introduction.length; i += 2) headers.set(introduction[i], introduction[i + 1]);
  headers.set("usher-request-id", requestId);
  // Set by the platform; what a client sends under that name does not arrive.
  const from = request.headers.get("cf-connecting-ip");
  if (from !== null) headers.set("x-forwarded-for", from);

  const instance = url.slice(0, instanceLength);
  const began = timing === undefined ? 0 : Date.now();
  const send = () => sent(out, patienceMillis);
  const shown = (response) => {
    const waits = timing === undefined ? undefined : `${timing}, usher-instance;desc="first byte";dur=${Date.now() - began}`;
    return asTheGates(response, cookie, request.url.slice(0, gateLength), instance, waits);
  };
  const lost = (problem) => unreachable(request, requestId, instance, problem === LATE ? LATE : FAILED, problem);
  const again = (problem) =>
    problem !== LATE && isBare && ONCE_MORE.test(request.method) ? pause(ONCE_MORE_AFTER_MILLIS).then(send).then(shown, lost) : lost(problem);
  const carried = send().then(shown, again);
  carried[CARRIED] = true;
  return carried;
}

// The answer, if its headers come in time; its body may take as long as it likes. What comes too late ends with the request. A signal that
// ends it at once would cost more than the timer, and every chunk of every body would ask whether it was given.
function sent(out, patienceMillis) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, patienceMillis, LATE);
    fetch(out, NOT_KEPT).then(
      (response) => {
        clearTimeout(timer);
        if (isThePlatforms(response)) reject(outage(response));
        else resolve(response);
      },
      (problem) => {
        clearTimeout(timer);
        reject(problem);
      },
    );
  });
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// Where an origin cannot be reached the platform answers in its place (Cloudflare's errors 520 to 530).
function isThePlatforms(response) {
  return response.status >= 520 && response.status <= 530 && response.headers.get("server") === "cloudflare";
}

function outage(response) {
  response.body?.cancel();
  return response.status === 524 ? LATE : new Error(`Cloudflare answered ${response.status} for it`);
}

const SHARED_CACHES = ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"];
const IS_PRIVATE = /(?:^|,)\s*(?:private|no-store)\s*(?:,|$)/i;
const FOR_SHARED_CACHES = /^\s*(?:public|s-maxage\s*=.*|private\s*=.*)\s*$/i;

// An app can neither speak as the gate, nor replace its cookie or those of its neighbours, nor let others keep what it shows to this
// visitor, nor send them to its own address around the gate. Everything else is the app's.
function asTheGates(response, cookie, gate, instance, timing) {
  const headers = response.headers;
  const edits = [];
  if (headers.has("usher-response") || headers.has("usher-reason")) {
    edits.push((clean) => clean.delete("usher-response"), (clean) => clean.delete("usher-reason"));
  }
  const control = headers.get("cache-control");
  if (!response.webSocket && (control === null || !IS_PRIVATE.test(control))) {
    edits.push((clean) => clean.set("cache-control", asPrivate(control)));
    for (const name of SHARED_CACHES) {
      if (headers.has(name)) edits.push((clean) => clean.delete(name));
    }
  }
  const location = headers.get("location");
  if (location?.startsWith(instance) && /^(?:[/?#]|$)/.test(location.slice(instance.length))) {
    edits.push((clean) => clean.set("location", gate + location.slice(instance.length)));
  }
  if (headers.has("set-cookie")) {
    const cookies = headers.getSetCookie();
    const own = cookies.filter((line) => !sets(line, cookie) && !reachesOthers(line, gate));
    if (own.length < cookies.length) {
      edits.push((clean) => clean.delete("set-cookie"));
      for (const line of own) edits.push((clean) => clean.append("set-cookie", line));
    }
  }
  if (timing !== undefined) edits.push((clean) => clean.append("server-timing", timing));
  if (edits.length === 0) return response;
  const { status, webSocket } = response;
  const clean = webSocket
    ? new Response(null, { status, webSocket, headers })
    : new Response(response.body, response);
  for (const edit of edits) edit(clean.headers);
  return clean;
}

function asPrivate(control) {
  const kept = (control ?? "").split(",").filter((part) => part.trim() !== "" && !FOR_SHARED_CACHES.test(part));
  return ["private", ...kept.map((part) => part.trim())].join(", ");
}

// Whether a Set-Cookie line sets this cookie, or the one beside it that counts trips to the log-in page. A line without a name sets
// its whole value, which the browser sends back as it is: `=name=value` comes back as `name=value` (RFC 6265bis section 5.6).
function sets(line, cookie) {
  const pair = line.split(";", 1)[0].trim().replace(/^=+/, "");
  const name = pair.split("=", 1)[0].trim();
  return name === cookie || name === `${cookie}-trips`;
}

// Whether a Set-Cookie line is for more hosts than the one that was asked, such as a neighbour's: of several `Domain` the last counts
// (RFC 6265bis section 5.6).
function reachesOthers(line, gate) {
  const domains = line.split(";").slice(1).map((part) => /^\s*domain\s*=\s*\.?(.*?)\s*$/i.exec(part)?.[1]);
  const domain = domains.findLast((domain) => domain !== undefined);
  return domain !== undefined && domain !== "" && domain.toLowerCase() !== new URL(gate).hostname;
}
