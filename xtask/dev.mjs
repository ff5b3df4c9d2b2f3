// Runs `wrangler dev` (its arguments are ours), says when the gate is ready or what its configuration lacks, and ends the whole
// process group when standard input closes: a killed wrangler would leave workerd and esbuild behind.

import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

const windows = process.platform === "win32";
const wrangler = spawn(process.execPath, process.argv.slice(2), {
  // A group of its own, so that it can be ended as one. Windows has no groups and ends children with their console.
  detached: !windows,
  stdio: ["ignore", "inherit", "inherit"],
});
wrangler.once("exit", (code) => process.exit(ending ? 0 : (code ?? 1)));

let ending = false;
process.stdin.resume();
process.stdin.once("close", end);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, end);

async function end() {
  if (ending) return;
  ending = true;
  kill("SIGTERM");
  await pause(MOST_STOP_MILLIS);
  kill("SIGKILL");
}

function kill(signal) {
  try {
    process.kill(windows ? wrangler.pid : -wrangler.pid, signal);
  } catch {
    // Gone already.
  }
}

async function sayWhetherReady() {
  const port = process.argv[process.argv.indexOf("--port") + 1];
  const gate = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(`${gate}/.usher/ready`).catch(() => undefined);
    if (answer === undefined) {
      await pause(BETWEEN_ASKING_MILLIS);
      continue;
    }
    if (answer.ok) return console.error(`the gate is ready: ${gate}`);
    const problem = await answer.json().catch(() => ({}));
    console.error(`the gate runs at ${gate} and lets nobody in yet:`);
    for (const mistake of problem.mistakes ?? [problem.detail ?? `${answer.status} ${answer.statusText}`]) console.error(`  - ${mistake}`);
    return console.error(
      "variables are in wrangler.toml; secrets of this machine go into .dev.vars, one NAME=value a line: end with Ctrl-C and start again",
    );
  }
}

const BETWEEN_ASKING_MILLIS = 200;
const MOST_STOP_MILLIS = 3000;

await sayWhetherReady();
