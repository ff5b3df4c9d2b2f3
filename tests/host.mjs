// Runs a build of the gate on real workerd for the tests, the demo and the benchmarks.
//
// Standard input and output speak JSON, one line each. The first line in is the configuration; the first line out is
// {"url": …}. Then each command in is answered by one line out, in order; what the gate logs comes between as {"log": …}.
// When standard input closes, everything ends: then even a killed parent leaves neither node nor workerd nor files behind.

import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire, enableCompileCache } from "node:module";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

// Half of what a start costs is reading miniflare, which is the same in each of some hundred tests.
enableCompileCache(fileURLToPath(new URL("../target/node-compile-cache", import.meta.url)));

const lines = readline.createInterface({ input: process.stdin });
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

// A parent that was killed reads no more; that must not end us before workerd is gone.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

let gate;
let folder;
lines.once("close", stop);

async function stop() {
  // workerd is a child of ours and must not be waited for longer than it deserves.
  setTimeout(() => process.exit(1), MOST_STOP_MILLIS).unref();
  await gate?.dispose().catch(() => {});
  // workerd may still be writing its last file.
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).catch(() => {});
  process.exit(0);
}

async function main() {
  const input = lines[Symbol.asyncIterator]();
  const configuration = JSON.parse((await input.next()).value);
  folder = configuration.folder ?? (await mkdtemp(path.join(os.tmpdir(), "usher-")));
  // miniflare asks for the temporary folder when it is loaded, and does not always clear away what it puts there.
  process.env.TMPDIR = folder;
  if (configuration.unlogged) process.env.MINIFLARE_WORKERD_PATH = await unlogged(folder);
  const { Miniflare, convertV4MiniflareOptions } = await import("miniflare");
  const options = async () => convertV4MiniflareOptions(await settings(configuration));
  try {
    gate = new Miniflare(await options());
    const url = await gate.ready;
    await migrate(await gate.getD1Database(configuration.database), configuration.migrations);
    say({ url: url.origin, direct: await door(HERE), elsewhere: configuration.rigged ? await door(ELSEWHERE) : null });
    for await (const line of input) {
      const command = JSON.parse(line);
      if (command.stop) break;
      say(await obey(command, configuration, options).catch((error) => ({ error: String(error) })));
    }
  } catch (error) {
    say({ error: String(error?.stack ?? error) });
  }
  await stop();
}

/** A program that becomes workerd, whose log goes nowhere: reading thousands of lines a second would take the time of what is measured. */
async function unlogged(folder) {
  const { default: workerd } = createRequire(import.meta.url)("workerd");
  const program = path.join(folder, "workerd");
  await writeFile(program, `#!/bin/sh\nexec "${workerd}" "$@" >/dev/null\n`);
  await chmod(program, 0o755);
  return program;
}

async function settings(configuration) {
  const { build, port, compatibility_date, compatibility_flags, bindings, database, store, version, rigged, services } = configuration;
  const worker = {
    modules: await modules(build, rigged),
    modulesRoot: build,
    compatibilityDate: compatibility_date,
    compatibilityFlags: compatibility_flags,
    bindings,
    d1Databases: [database],
    kvNamespaces: [store],
    // Each is a Worker of its own, named like the binding.
    serviceBindings: Object.fromEntries(Object.keys(services).map((name) => [name, name])),
    versionMetadata: version,
    // workerd's own door: the usual one folds `..` out of an address before the gate sees it, which the internet does not.
    unsafeDirectSockets: rigged ? [{}, { entrypoint: RIG }] : [{}],
  };
  // Elsewhere is a second isolate with a memory of its own, which shares KV and D1 with the first: another location.
  const gates = (rigged ? [HERE, ELSEWHERE] : [HERE]).map((name) => ({ ...worker, name }));
  const others = Object.entries(services).map(([name, script]) => ({
    name,
    modules: true,
    script,
    compatibilityDate: compatibility_date,
  }));
  return {
    host: "127.0.0.1",
    port,
    workers: [...gates, ...others],
    // Nothing outside this machine is contacted: miniflare would otherwise fetch an example of `request.cf`.
    cf: false,
    handleStructuredLogs: (log) => say({ log }),
  };
}

/** The files of a build as workerd takes them, the entry first. A rigged one is entered through rig.mjs. */
async function modules(folder, rigged) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  const entry = path.join(folder, "shim.mjs");
  const ordered = [entry, ...paths.filter((file) => file !== entry)];
  const built = ordered.filter((file) => TYPES[path.extname(file)]).map((file) => ({ type: TYPES[path.extname(file)], path: file }));
  if (!rigged) return built;
  const contents = await readFile(new URL("rig.mjs", import.meta.url), "utf8");
  return [{ type: "ESModule", path: path.join(folder, "rig.mjs"), contents }, ...built];
}

async function door(worker, entrypoint) {
  return (await gate.unsafeGetDirectURL(worker, entrypoint)).origin;
}

/** Tells every location's rig how things stand from now on; gives what each of them has counted. */
async function rig(setting) {
  const tell = async (location) => {
    const answer = await fetch(await door(location, RIG), { method: "POST", body: JSON.stringify(setting) });
    if (!answer.ok) throw new Error(`the rig answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return { here: await tell(HERE), elsewhere: await tell(ELSEWHERE) };
}

async function migrate(database, folder) {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".sql")).sort();
  for (const file of files) await database.prepare(await readFile(path.join(folder, file), "utf8")).run();
}

async function obey(command, configuration, options) {
  if (command.restart) {
    // A fresh isolate in a fresh workerd; what KV and D1 hold stays.
    await gate.setOptions(await options());
    const url = (await gate.ready).origin;
    return { url, direct: await door(HERE), elsewhere: configuration.rigged ? await door(ELSEWHERE) : null };
  }
  if (command.rig) return rig(command.rig);
  const database = await gate.getD1Database(configuration.database);
  const store = await gate.getKVNamespace(configuration.store);
  if (command.d1 !== undefined) {
    const { results } = await database.prepare(command.d1).bind(...(command.params ?? [])).all();
    return { rows: results };
  }
  if (command.kv_get !== undefined) return { value: await store.get(command.kv_get) };
  if (command.kv_list) return { keys: (await store.list()).keys.map((key) => key.name) };
  if (command.kv_put !== undefined) await store.put(command.kv_put, command.value);
  else if (command.kv_delete !== undefined) await store.delete(command.kv_delete);
  else throw new Error(`unknown command ${JSON.stringify(command)}`);
  return { done: true };
}

const HERE = "usher";
const ELSEWHERE = "elsewhere";
const RIG = "rig";
const TYPES = { ".js": "ESModule", ".mjs": "ESModule", ".wasm": "CompiledWasm" };
const MOST_STOP_MILLIS = 3000;

await main();
