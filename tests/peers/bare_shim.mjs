// The gate without its shim: nothing answers when it traps, and nobody looks after sockets. It tells what the shim costs.

import { fetch } from "./index.js";

export default { fetch };
