// Cloudflare Workers: workerd itself, with a configuration of our own.

import { spawn } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
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

const binary = packaged({
  "linux-x64": "@cloudflare/workerd-linux-64/bin/workerd",
  "linux-arm64": "@cloudflare/workerd-linux-arm64/bin/workerd",
  "darwin-arm64": "@cloudflare/workerd-darwin-arm64/bin/workerd",
});

function configuration(port: number, trusting: boolean): string {
  const tls = trusting
    ? ', tlsOptions = (trustBrowserCas = true, trustedCertificates = [embed "ca.pem"])'
    : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = .suite),
    (name = "network", network = (allow = ["private", "public"]${tls})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "suite")],
);
const suite :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.bundle.js")],
  compatibilityDate = "2026-10-01",
  globalOutbound = "network",
);
`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Return once something listens at the port. */
async function listening(port: number, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!ended() && Date.now() < deadline) {
    const reached = await fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      () => false,
    );
    if (reached) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("workerd does not listen");
}

async function play(setting: Setting, names: readonly string[]): Promise<Result[]> {
  await bundleWorker(setting.stage);
  if (setting.caFile !== null) copyFileSync(setting.caFile, `${setting.stage}ca.pem`);
  const port = await freePort();
  writeFileSync(`${setting.stage}config.capnp`, configuration(port, setting.caFile !== null));
  const child = spawn(binary ?? "", ["serve", `${setting.stage}config.capnp`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      over = true;
      resolve();
    });
  });
  try {
    await listening(port, () => over);
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
    child.kill();
    await ended;
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
