// Makes one module of a Worker and its packages, as `wrangler deploy` does: node bundle.mjs ENTRY OUTPUT

import { build } from "esbuild";

const [entry, output] = process.argv.slice(2);

await build({
  entryPoints: [entry],
  outfile: output,
  bundle: true,
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  logLevel: "warning",
});
