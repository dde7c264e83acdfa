// Cloudflare Workers: workerd itself, with a configuration of our own.

import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { packaged } from "./local-runtimes.ts";
import {
  ADDRESS_KEPT,
  NO_ADDRESS,
  NO_ORIGINS,
  NO_PROCESS,
  NO_STORAGE,
  NOTHING_STORED,
  PROCESS_ENDS,
  type Runtime,
  type Setting,
} from "./runtime.ts";
import { bundleWorker } from "./stage.ts";
import { type Result, SCENARIOS } from "./suite.ts";

/** The pipe on which workerd says what it does. */
const CONTROL = 3;

/** Where workerd is, null if it is not installed. */
export const binary: string | null = packaged({
  "linux-x64": "@cloudflare/workerd-linux-64/bin/workerd",
  "linux-arm64": "@cloudflare/workerd-linux-arm64/bin/workerd",
  "darwin-arm64": "@cloudflare/workerd-darwin-arm64/bin/workerd",
});

function configuration(trusting: boolean): string {
  const tls = trusting
    ? ', tlsOptions = (trustBrowserCas = true, trustedCertificates = [embed "ca.pem"])'
    : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = .suite),
    (name = "network", network = (allow = ["private", "public"]${tls})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")],
);
const suite :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.bundle.js")],
  compatibilityDate = "2026-10-01",
  globalOutbound = "network",
);
`;
}

/** A workerd that serves. */
export interface Serving {
  readonly port: number;
  stop(): Promise<void>;
}

/** Start workerd with a file of configuration. */
export async function serve(file: string): Promise<Serving> {
  const child = spawn(binary ?? "", ["serve", file, `--control-fd=${CONTROL}`], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  try {
    return { port: await portOf(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Return the port that workerd says it listens at. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    (child.stdio[CONTROL] as Readable).setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, port] = /"event":"listen".*"port":(\d+)/.exec(said) ?? [];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("close", (code) => reject(new Error(`workerd ended with ${code}`)));
  });
}

async function play(setting: Setting, names: readonly string[]): Promise<Result[]> {
  await bundleWorker(setting.stage);
  if (setting.caFile !== null) copyFileSync(setting.caFile, `${setting.stage}ca.pem`);
  writeFileSync(`${setting.stage}config.capnp`, configuration(setting.caFile !== null));
  const { port, stop } = await serve(`${setting.stage}config.capnp`);
  try {
    const results: Result[] = [];
    for (const { name, parts } of SCENARIOS.filter((scenario) => names.includes(scenario.name))) {
      let result: Result = { scenario: name, passed: true, detail: "" };
      for (const part of parts.keys()) {
        if (result.passed) result = await ask(port, { place: setting.place, name, part });
      }
      results.push(result);
    }
    return results;
  } finally {
    await stop();
  }
}

async function ask(port: number, asked: { place: unknown; name: string; part: number }): Promise<Result> {
  const signal = AbortSignal.timeout(60_000);
  try {
    const reply = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      body: JSON.stringify(asked),
      signal,
    });
    if (!reply.ok) throw new Error(`workerd answered ${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as Result;
  } catch (error) {
    return { scenario: asked.name, passed: false, detail: String(error) };
  }
}

/** workerd. */
export const WORKERD: Runtime = {
  name: "workerd",
  missing: binary === null ? "there is no npm package @cloudflare/workerd-* for this machine" : null,
  cannot: {
    "other origin": NO_ORIGINS,
    [NOTHING_STORED]: NO_STORAGE,
    [ADDRESS_KEPT]: NO_ADDRESS,
    [PROCESS_ENDS]: NO_PROCESS,
  },
  play,
};
