// The part of carrying that is done in JavaScript, because it touches every header: crossing from WebAssembly costs
// several microseconds a header, looking from here next to nothing.

// Names by which an app could be told who is there, or be steered. Compared after folding every character that some server
// folds into `-` (CVE-2025-64484: `_`; PHP and CGI: `.`), so that no alias of a name survives.
const OURS_TO_SAY =
  /^(?:usher|x-usher|x-forwarded|forwarded$|x-real-ip$|true-client-ip$|remote-user$|x-remote-user|x-user|x-email$|x-auth|x-authenticated|x-gate|x-tenant|x-goog-authenticated|x-goog-iap|x-ms-client-principal|x-amzn-oidc|x-original|x-rewrite|x-envoy|x-middleware|x-accel|cf-|cdn-loop$|cloudflare-|fly-)/;

const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-|te$|trailer$|transfer-encoding$)/;

function isOursToSay(name) {
  const folded = name.replace(/[^a-z0-9]/g, "-");
  return OURS_TO_SAY.test(folded) || HOP_BY_HOP.test(name);
}

// Sends `request` to `url` with the edits of `said`, a flat list of names and values (null: remove the header), and answers
// with the instance's own response, or with `unreachable(request, requestId, problem)`.
export function carry(request, url, said, cookie, requestId, unreachable) {
  // The new request shares method, body (as a stream) and `redirect: "manual"` with the incoming one.
  const out = new Request(url, request);
  const headers = out.headers;
  for (const name of request.headers.keys()) {
    if (isOursToSay(name)) headers.delete(name);
  }
  for (let i = 0; i < said.length; i += 2) {
    if (said[i + 1] === null) headers.delete(said[i]);
    else headers.set(said[i], said[i + 1]);
  }
  return fetch(out).then(
    (response) => withoutClaims(response, cookie),
    (problem) => unreachable(request, requestId, problem),
  );
}

// An app can neither speak as the gate nor replace the gate's cookie.
function withoutClaims(response, cookie) {
  const headers = response.headers;
  const cookies = headers.has("set-cookie") ? headers.getSetCookie() : [];
  const setsOurs = cookies.some((line) => sets(line, cookie));
  if (!setsOurs && !headers.has("usher-response") && !headers.has("usher-reason")) return response;
  const clean = new Response(response.body, response);
  clean.headers.delete("usher-response");
  clean.headers.delete("usher-reason");
  if (setsOurs) {
    clean.headers.delete("set-cookie");
    for (const line of cookies) {
      if (!sets(line, cookie)) clean.headers.append("set-cookie", line);
    }
  }
  return clean;
}

// Whether a Set-Cookie line sets this cookie, or the one beside it that counts trips to the log-in page. A line without a name sets its whole value, which the browser sends back as it
// is: `=name=value` comes back as `name=value` (RFC 6265bis section 5.6).
function sets(line, cookie) {
  const pair = line.split(";", 1)[0].trim().replace(/^=+/, "");
  const name = pair.split("=", 1)[0].trim();
  return name === cookie || name === `${cookie}-trips`;
}
