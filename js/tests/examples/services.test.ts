// The services under Deno, Bun and workerd: they send the app's text while it is written, and stop the app for who has left.

import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { expectSuccess, run } from "../package/commands.ts";
import { BINARIES, DENO_OPTIONS } from "../runtimes/local-runtimes.ts";
import { bundleWorker } from "../runtimes/stage.ts";
import { serve, binary as workerd } from "../runtimes/workerd.ts";
import { callsOf, countStars, expectNobodyCounts, given, printed, serving, wanted } from "./given.ts";

// Several processes start in a test, which takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const base = given();
const deno = wanted("deno", BINARIES.deno);
const bun = wanted("bun", BINARIES.bun);
const worker = wanted("workerd", workerd);

const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

/** Start a Worker as workerd does it; `GRADIO_URL` is a variable of it. */
async function serveWorker(): Promise<string> {
  await bundleWorker(`${base.folder}/`, "worker.ts");
  const file = `${base.folder}/config.capnp`;
  writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = .worker), (name = "network", network = (allow = ["private", "public"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.bundle.js")],
  bindings = [(name = "GRADIO_URL", text = "${base.app.url}")],
  compatibilityDate = "2026-10-01",
  globalOutbound = "network",
);
`,
  );
  const { port, stop } = await serve(file);
  stopping.push(stop);
  return `http://127.0.0.1:${port}`;
}

const environment = (): Record<string, string> => ({
  GRADIO_URL: base.app.url,
  PORT: "0",
  DENO_NO_UPDATE_CHECK: "1",
});
const denoOptions = ["run", ...DENO_OPTIONS, "--allow-net", "--allow-env"];
const SERVICES: [name: string, binary: string | null, start: () => Promise<string>][] = [
  ["deno.ts", deno, () => serving(deno ?? "", [...denoOptions, "deno.ts"], base.folder, environment())],
  ["bun.ts", bun, () => serving(bun ?? "", ["bun.ts"], base.folder, environment())],
  ["worker.ts", worker, serveWorker],
];

interface Sent {
  readonly event: string;
  readonly data: unknown;
}

/** Yield the events that a service sends; who leaves the loop breaks the connection, as a page does that is closed. */
async function* read(url: string): AsyncGenerator<Sent, void, undefined> {
  const leaving = new AbortController();
  try {
    const answer = await fetch(url, { signal: leaving.signal });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    const decoder = new TextDecoder();
    for await (const bytes of answer.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const sent of events) {
        const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(sent) ?? [];
        yield { event, data: JSON.parse(data) };
      }
    }
  } finally {
    leaving.abort();
  }
}

async function all(url: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  for await (const event of read(url)) sent.push(event);
  return sent;
}

describe.each(SERVICES)("%s", (_, binary, start) => {
  test.skipIf(binary === null)("sends a text in pieces, to two readers at a time", async () => {
    const service = await start();
    const both = await Promise.all([
      all(`${service}/chat?message=Hello`),
      all(`${service}/chat?message=Hello`),
    ]);
    for (const sent of both) {
      const pieces = sent.filter(({ event }) => event === "message").map(({ data }) => data);
      expect(pieces.length).toBeGreaterThan(10);
      expect(pieces.join("")).toMatch(/^In a harbour town .* a whole one too late\.$/);
      expect(sent.at(-1)).toEqual({ event: "done", data: null });
    }
    const [asShown] = printed("deno.ts");
    expect(await (await fetch(`${service}/chat?message=Hello`)).text()).toMatch(asShown as RegExp);
    const missing = await fetch(`${service}/divide`);
    expect(missing.status).toBe(404);
    await missing.text();
  });

  test.skipIf(binary === null)("says what the app says went wrong", async () => {
    const service = await start();
    const { title, message } = { title: "Error", message: "Value 30 is greater than maximum value 20." };
    const refused = `${service}/bake?what=bread&minutes=30`;
    expect(await all(refused)).toEqual([{ event: "failed", data: { title, message } }]);
    const [, asShown] = printed("deno.ts");
    expect(await (await fetch(refused)).text()).toMatch(asShown as RegExp);
  });

  test.skipIf(binary === null)("stops the function of a reader that leaves", async () => {
    const service = await start();
    for await (const { data } of read(`${service}/count_stars`)) if (data === "3 stars") break;
    await expectNobodyCounts(base.app);
    expect((await all(`${service}/chat?message=Hello`)).at(-1)?.event).toBe("done");
  });

  test.skipIf(binary === null)("takes a reader that leaves out of the queue", async () => {
    const service = await start();
    const stop = await countStars(base.app);
    const before = await callsOf(base.app);
    const leaving = new AbortController();
    const left = fetch(`${service}/count_stars`, { signal: leaving.signal }).then((answer) => answer.text());
    await expect.poll(() => callsOf(base.app), { timeout: 60_000 }).toBe(before + 1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await stop();
    // If it had stayed, it would be its turn now, for hours.
    await expectNobodyCounts(base.app);
  });
});

test.skipIf(deno === null)("Deno finds nothing wrong with the types of deno.ts", async () => {
  await expectSuccess(run(deno ?? "", ["check", ...DENO_OPTIONS, "deno.ts"], base.folder));
});
