// The entry of a rigged gate: the real build, whose clock and stores do what a test says. Never shipped.
//
// What the gate is given in place of its bindings passes every call on to the real ones, but for the faults that are set.
// The rig itself answers at an entry point of its own (host.mjs), which has an address of its own: no visitor's request reaches it.

import gate from "./shim.mjs";

export default {
  fetch(request, env, context) {
    bindings ??= { ...env, USHER_DB: new D1Database(env.USHER_DB), USHER_KV: new KvNamespace(env.USHER_KV) };
    return gate.fetch(request, bindings, context);
  },
};

/** Takes a setting, any of `{clock, faults, release, count}`, and tells what was counted since the last `count`. */
export const rig = {
  async fetch(request) {
    const setting = await request.json();
    if (setting.clock !== undefined) clock = setting.clock;
    if (setting.faults !== undefined) faults = setting.faults;
    if (setting.release) released += 1;
    const answer = Response.json({ calls, held });
    if (setting.count) calls = nothing();
    return answer;
  },
};

const nothing = () => ({ kv_gets: 0, kv_puts: 0, kv_deletes: 0, d1_statements: 0, fetches: {} });

let bindings;
let calls = nothing();
/** Milliseconds since 1970 at which the clock stands, or null: then it runs. */
let clock = null;
/** What is wrong, by the operation it is wrong with. */
let faults = {};
/** How many answers are held back now. */
let held = 0;
/** How often everything held back was let go. */
let released = 0;

const runningNow = Date.now;
Date.now = () => clock ?? runningNow();

const realFetch = globalThis.fetch;
globalThis.fetch = (input, options) => {
  const { origin } = new URL(input instanceof Request ? input.url : input);
  calls.fetches[origin] = (calls.fetches[origin] ?? 0) + 1;
  return realFetch(input, options);
};

/** An operation on a store with the fault that is set for it. What is late or held back was answered at once, and arrives later. */
async function carry(operation, ask) {
  const fault = faults[operation];
  switch (fault?.kind) {
    case undefined:
      return ask();
    case "throws":
      // As D1 does: what went wrong is in the cause (workerd, src/cloudflare/internal/d1-api.ts).
      throw new Error(fault.message, { cause: new Error(fault.message) });
    case "hangs":
      // Not a promise without a timer, which workerd would recognise as one that never ends.
      await pause(A_DAY);
      throw new Error("the day is over");
    case "late": {
      const answer = await ask();
      await pause(fault.millis);
      return answer;
    }
    case "held": {
      // Only this one.
      delete faults[operation];
      const answer = await ask();
      const before = released;
      held += 1;
      // A promise of another request cannot be awaited, but its effect can be looked for.
      while (released === before) await pause(5);
      held -= 1;
      return answer;
    }
    case "answers":
      return fault.answer;
    default:
      throw new Error(`the rig knows no fault ${JSON.stringify(fault)}`);
  }
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** The name is what the gate's glue knows a D1 binding by. */
class D1Database {
  constructor(real) {
    this.real = real;
  }
  prepare(text) {
    return new Statement(this.real.prepare(text));
  }
  batch(statements) {
    calls.d1_statements += statements.length;
    return carry("d1", () => this.real.batch(statements.map((statement) => statement.real)));
  }
}

class Statement {
  constructor(real) {
    this.real = real;
  }
  bind(...values) {
    return new Statement(this.real.bind(...values));
  }
  first(column) {
    return this.#ask(() => this.real.first(column));
  }
  all() {
    return this.#ask(() => this.real.all());
  }
  run() {
    return this.#ask(() => this.real.run());
  }
  raw(options) {
    return this.#ask(() => this.real.raw(options));
  }
  #ask(ask) {
    calls.d1_statements += 1;
    return carry("d1", ask);
  }
}

class KvNamespace {
  #lastPut = new Map();

  constructor(real) {
    this.real = real;
  }
  async get(key, options) {
    calls.kv_gets += 1;
    const { kind, answer, values } = faults.kv_get ?? {};
    if (kind === "answers") return typed(answer, options);
    if (kind === "past") return typed(values[key] ?? null, options);
    return carry("kv_get", () => this.real.get(key, options));
  }
  async put(key, value, options) {
    calls.kv_puts += 1;
    if (faults.kv_put?.kind !== "once_a_second") return carry("kv_put", () => this.real.put(key, value, options));
    const last = this.#lastPut.get(key);
    if (last !== undefined && Math.abs(Date.now() - last) < 1000) throw new Error(faults.kv_put.message);
    this.#lastPut.set(key, Date.now());
    return this.real.put(key, value, options);
  }
  async delete(key) {
    calls.kv_deletes += 1;
    return carry("kv_delete", () => this.real.delete(key));
  }
  getWithMetadata() {
    throw new Error("the gate never asked for this; teach tests/rig.mjs what may go wrong with it");
  }
  list() {
    return this.getWithMetadata();
  }
}

/** A KV value as the caller wants it. */
function typed(text, options) {
  const type = typeof options === "string" ? options : (options?.type ?? "text");
  if (text === null || type === "text") return text;
  if (type === "arrayBuffer") return new TextEncoder().encode(text).buffer;
  throw new Error(`the rig gives no KV value as ${type}`);
}

const A_DAY = 86_400_000;
