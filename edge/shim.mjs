// What the runtime calls. It hands a request to the gate's WebAssembly and, when that traps, answers plainly and puts a fresh
// instance in its place. worker-build's own shim does the latter with Proxies, which cost 25 µs a request; this one costs a
// `try` and, for an answer that comes later, one entry in a set.
//
// A trap leaves the instance's memory in an unknown state and every future on it dead, so each request that waits for one is answered at
// once instead of hanging.

import { fetch as answer, __wbg_reset_state as replaceInstance, __worker_init_state as initState } from "./index.js";
import { supervise } from "./socket.mjs";

export default {
  fetch(request, env, context) {
    let response;
    try {
      response = answer(request, env, context);
    } catch (error) {
      return failed(request, error);
    }
    if (!(response instanceof Promise)) return response;
    const look = (response) => looked(response, request, env, context);
    if (response[CARRIED]) return response.then(look, (error) => failed(request, error));
    return unlessAbandoned(request, response).then(look);
  },
};

// For what is with the instance already no future of WebAssembly waits (edge/src/carry.js): it goes on when that traps elsewhere.
const CARRIED = Symbol.for("usher.carried");

// Only a socket has to be looked after.
function looked(response, request, env, context) {
  if (!response.webSocket) return response;
  const ask = async (question) => answer(question, env, context);
  return supervise(response, request, env, ask);
}

// How to give up the requests whose answers come later.
const inFlight = new Set();

function unlessAbandoned(request, response) {
  let abandon;
  const outcome = new Promise((resolve, reject) => {
    abandon = reject;
    response.then(resolve, reject);
  });
  inFlight.add(abandon);
  // A visitor who hangs up ends the request without settling it; such entries must not pile up.
  if (inFlight.size > MOST_IN_FLIGHT) inFlight.delete(inFlight.values().next().value);
  return outcome.then(
    (response) => {
      inFlight.delete(abandon);
      return response;
    },
    (error) => {
      inFlight.delete(abandon);
      return failed(request, error);
    },
  );
}

// Built here and not where the trap was seen: a Response belongs to the request it was made in.
function failed(request, error) {
  noteTrap(error);
  return internalError(request, error);
}

function startOver(reason) {
  replaceInstance();
  for (const abandon of inFlight) abandon(reason);
  inFlight.clear();
}

// The `worker` crate's panic hook writes `criticalError` just before the trap (worker, src/init.rs). The instance is replaced in
// that very moment: a callback of the dead one that is already queued would otherwise run on the fresh one with its pointers.
let panicked = false;

Object.defineProperty(initState(), "criticalError", {
  get: () => false,
  set() {
    panicked = true;
    startOver(new Error("the gate panicked while this request was in flight"));
  },
});

// Traps that no panic announced: memory out of bounds, an abort. Not a RangeError, which ordinary calls throw as well.
function noteTrap(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  if (panicked) panicked = false;
  else startOver(error);
}

addEventListener("error", (event) => noteTrap(event.error));
addEventListener("unhandledrejection", (event) => noteTrap(event.reason));

function internalError(request, error) {
  const requestId = request.headers.get("cf-ray") ?? crypto.randomUUID();
  console.error(JSON.stringify({ event: "internal_error", request_id: requestId, error: String(error?.stack ?? error) }));
  // The same form and words as the gate's other answers (edge/src/page.rs), which cannot be asked now.
  const person = request.headers.get("accept")?.includes("text/html");
  return new Response(person ? page(requestId) : JSON.stringify({ ...PROBLEM, request_id: requestId }), {
    status: PROBLEM.status,
    headers: {
      "content-type": person ? "text/html; charset=utf-8" : "application/problem+json",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "usher-reason": PROBLEM.reason,
      "usher-response": "gate",
    },
  });
}

function page(requestId) {
  const { title, detail, next } = PROBLEM;
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title>
<h1>${title}</h1><p>${detail}</p><p>${next}</p><p>Reference: ${requestId}`;
}

// The words of `Reason::InternalError` (policy/src/words/english.rs), which cannot be asked for them when this is needed.
const PROBLEM = {
  type: "/.usher/reasons#internal_error",
  title: "Something went wrong on our side",
  status: 500,
  detail: "The request could not be answered. If you sent something, it may not have arrived.",
  reason: "internal_error",
  next: "Try again. If it happens again, contact support and give the reference below.",
};

// Requests in flight at once in one isolate are far fewer; the oldest entry beyond this has been left by its visitor.
const MOST_IN_FLIGHT = 1000;
