// The reference PDS of ATProto (@atproto/pds) with a directory of DIDs in memory (@did-plc/server), on ports of loopback: says one line of
// JSON with its address, and ends with its standard input. `node pds.mjs FOLDER`, in whose node_modules both are installed.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const require = createRequire(path.join(path.resolve(process.argv[2]), "pds.mjs"));
const { PDS, envToCfg, envToSecrets } = require("@atproto/pds");
const { Database, PlcServer } = require("@did-plc/server");

const folder = await mkdtemp(path.join(os.tmpdir(), "usher-pds-"));
process.stdin.on("end", stop).on("error", stop).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);

async function stop() {
  await rm(folder, { recursive: true, force: true }).catch(() => {});
  process.exit(0);
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const [plcPort, port] = [await freePort(), await freePort()];
await PlcServer.create({ db: Database.mock(), port: plcPort }).start();
const settings = {
  port,
  hostname: "localhost",
  dataDirectory: folder,
  blobstoreDiskLocation: path.join(folder, "blobs"),
  didPlcUrl: `http://127.0.0.1:${plcPort}`,
  devMode: true,
  inviteRequired: false,
  serviceHandleDomains: [".test"],
  jwtSecret: randomBytes(16).toString("hex"),
  adminPassword: process.env.PDS_PASSWORD,
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
  bskyAppViewUrl: "http://127.0.0.1:9",
  bskyAppViewDid: "did:example:none",
  rateLimitsEnabled: false,
  logEnabled: false,
};
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings));
await pds.start();
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
