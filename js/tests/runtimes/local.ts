// Plays the suite in a runtime with a command line: Node, Deno, Bun. Argument: JSON of {place, names}.

import * as gradlink from "gradlink";
import * as testing from "gradlink/testing";
import { LAST_LINE } from "./runtime.ts";
import { play } from "./suite.ts";

const { process } = globalThis as unknown as { process: { argv: string[] } };
const { place, names } = JSON.parse(String(process.argv[2]));
console.log(`\n${JSON.stringify(await play({ gradlink, testing }, place, names))}\n${LAST_LINE}`);
