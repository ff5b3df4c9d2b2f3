// A socket outlives the request that opened it, so it is looked after: while it is open, the gate asks itself now and then whether its
// visitor may still be here, and closes it when not (no gate we know of does: pomerium issue 1279, oauth2-proxy none).

const SECOND = 1000;

// What a socket is closed with for other reasons than its own (RFC 6455 section 7.4.2: 4000 to 4999 are for applications; 1013 is "try
// again later").
const OVER = { code: 4401, reason: "the log-in is over" };
const OUT = { code: 4403, reason: "the visitor is not let in any more" };
const UNKNOWN = { code: 1013, reason: "nobody can tell whether the visitor may stay" };

// Reasons (policy/src/reason.rs) that say something of the log-in, and those that say something of us.
const OF_THE_LOG_IN = new Set(["login_required", "session_ended", "token_expired", "token_invalid", "credential_ambiguous"]);
const OF_US = new Set(["authority_unavailable", "internal_error", "issuer_unavailable", "misconfigured", "standing_unreadable"]);

// Puts itself between the browser and the instance's `response` to the upgrade `request`. `answer(request)` is the gate.
export function supervise(response, request, env, answer) {
  if (env.USHER_SOCKETS === "passed") return response;
  const everyMillis = Number(env.USHER_FRESH_SECONDS ?? 10) * SECOND;
  const instance = response.webSocket;
  const [shown, browser] = Object.values(new WebSocketPair());
  let timer;
  let open = true;

  const end = ({ code, reason }) => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    closeWith(browser, code, reason);
    closeWith(instance, code, reason);
  };
  const look = async () => {
    const { ending, validUntil } = await standing(request, answer);
    if (ending) return end(ending);
    // Not before it is over by our own clock, leeway and all; then the gate itself says so.
    const left = validUntil * SECOND - Date.now() + SECOND;
    if (open) timer = setTimeout(look, Math.max(SECOND, Math.min(everyMillis, left)));
  };

  for (const [from, to] of [[browser, instance], [instance, browser]]) {
    // Blobs are read later, and messages must not overtake each other.
    from.binaryType = "arraybuffer";
    from.addEventListener("message", ({ data }) => {
      if (open) to.send(data);
    });
    from.addEventListener("close", end);
    from.addEventListener("error", () => end({ code: 1011, reason: "the connection broke" }));
    from.accept();
  }
  look();
  const headers = new Headers(response.headers);
  for (const name of OF_THE_HANDSHAKE) headers.delete(name);
  return new Response(null, { status: 101, webSocket: shown, headers });
}

// Those of the instance's handshake; the browser's is another one.
const OF_THE_HANDSHAKE = ["connection", "upgrade", "sec-websocket-accept", "sec-websocket-extensions"];

// Where the visitor stands now, as `/.usher/me` says to the credential that opened the socket.
async function standing(request, answer) {
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith("sec-websocket-") || name === "upgrade" || name === "connection") headers.delete(name);
  }
  headers.set("accept", "application/json");
  try {
    const said = await answer(new Request(new URL("/.usher/me", request.url), { headers }));
    const me = await said.json();
    if (me.admitted) return { validUntil: me.visitor.valid_until };
    return { ending: OF_THE_LOG_IN.has(me.reason) ? OVER : OF_US.has(me.reason) ? UNKNOWN : OUT };
  } catch {
    return { ending: UNKNOWN };
  }
}

// 1005, 1006 and 1015 say how a connection ended without a code; nobody may send them (RFC 6455 section 7.4.1).
function closeWith(socket, code, reason) {
  try {
    if (code === 1005) socket.close();
    else socket.close(code === 1006 || code === 1015 ? 1011 : code, reason);
  } catch {
    // It is closed already.
  }
}
