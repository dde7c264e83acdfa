// Starts the process that meets attacks.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ClientOptions } from "../../src/types.ts";
import type { Met } from "./meeting.ts";

const js = fileURLToPath(new URL("../..", import.meta.url));

/** Meet these attacks with clients of these options; resolves when the process has ended by itself. */
export async function meet(options: ClientOptions, names: readonly string[]): Promise<Map<string, Met>> {
  const file = "tests/hostile/meeting.ts";
  const command = [
    "--expose-gc",
    "--import",
    "./tools/typescript.mjs",
    file,
    JSON.stringify(options),
    ...names,
  ];
  const child = spawn(process.execPath, command, { cwd: js, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (part) => {
    text.stdout += part;
  });
  child.stderr.on("data", (part) => {
    text.stderr += part;
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0 || text.stderr) throw new Error(`the process ended with ${status}: ${text.stderr}`);
  return new Map((JSON.parse(text.stdout) as Met[]).map((met) => [met.name, met]));
}

/** Where an attack can be. */
export const PLACES = ["config", "info", "join", "upload", "run", "file", "stream"] as const;
