// One assertion a line on standard input, one answer a line on standard output (tests/tests/apps.rs).
import { createInterface } from "node:readline";

import { visitor } from "./verify.mjs";

for await (const assertion of createInterface({ input: process.stdin })) {
  const answer = await visitor(assertion).then(
    (visitor) => ({ visitor }),
    (error) => ({ refused: String(error) }),
  );
  console.log(JSON.stringify(answer));
}
