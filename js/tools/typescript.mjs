// Lets Node run our TypeScript as it stands: `node --import ./tools/typescript.mjs FILE.ts`. Node 20 cannot by itself.

import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
