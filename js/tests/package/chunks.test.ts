// A part that is loaded when it is needed is gone: the page was deployed anew while it was open. Nothing that was there from
// the start may depend on it, and what needs it says so.

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";
import { ROOT } from "./commands.ts";

vi.setConfig({ testTimeout: 120_000 });

type Gradlink = typeof import("../../src/index.ts");

let folder: string;
/** The chunks that nothing loads at once. */
let lazy: string[];

beforeAll(async () => {
  const cache = join(ROOT, "../.cache/js-package");
  mkdirSync(cache, { recursive: true });
  // From there the test runner takes modules as they are.
  folder = join(mkdtempSync(join(cache, "chunks-")), "node_modules");
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/index.ts"],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: ["es2022"],
    outdir: join(folder, "all"),
    outExtension: { ".js": ".mjs" },
    metafile: true,
  });
  const start = Object.keys(metafile.outputs).find((name) => basename(name) === "index.mjs") ?? "";
  const atOnce = new Set([start]);
  for (const name of atOnce)
    for (const { kind, path } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") atOnce.add(path);
  lazy = Object.keys(metafile.outputs)
    .filter((name) => !atOnce.has(name))
    .map((name) => basename(name));
});
afterAll(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

/** What must not depend on any of them. */
const ALWAYS: readonly string[] = [
  "predict",
  "a file of a result",
  "the app's error",
  "a limit",
  "cancel",
  "a signal",
  "a lost stream",
  "a refused join",
  "wrong arguments",
  "an app that asks for a login",
  "no app",
];

/** Play everything with one build; return what each came to: a value, or the name of the error. */
async function play({ Client }: Gradlink): Promise<Record<string, unknown>> {
  const app = await ScriptedApp.start();
  let status = 200;
  app.override = ({ path }, response) => {
    const answer = (code: number, body: unknown) =>
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (path === "/config" && status !== 200) answer(status, { detail: "Not authenticated" });
    else if (path.endsWith("/queue/join") && status !== 200) answer(status, { detail: "no" });
    else if (path.endsWith("/upload")) answer(200, ["/tmp/a.txt"]);
    else if (path.includes("file=")) response.end("content");
    else if (path.endsWith("/run/predict")) answer(200, { data: ["direct"] });
    else return false;
    return true;
  };
  app.play = (job) => {
    const [what] = job.data;
    job.starts();
    if (what === "wait") return;
    if (what === "break") app.endStream(job.session);
    else if (what === "fail")
      job.tell("process_completed", { success: false, output: { error: "it failed" }, title: "Error" });
    else {
      if (what === "steps") {
        job.generates(["a"]);
        job.generates([[["append", [], "b"]]]);
      }
      job.completes(what === "steps" ? "ab" : what);
    }
  };
  const client = await Client.connect(app.url, { retries: 0 });
  const called = async (value: unknown, options = {}) =>
    (await client.predict("/echo", [value], undefined, options)).data;
  const steps: Record<string, () => Promise<unknown>> = {
    predict: () => called("x"),
    "a file of a result": async () => {
      const [file] = await called({ path: "/a", url: "/a", meta: { _type: "gradio.FileData" } });
      return (file as { url: string }).url.replace(app.url, "");
    },
    "the app's error": () => called("fail"),
    "a limit": () => called("wait", { timeout: { run: 0.05 } }),
    cancel: async () => {
      const job = client.submit("/echo", ["wait"]);
      await job.wait_for_id();
      await job.cancel();
      return await job.result();
    },
    "a signal": async () => {
      const controller = new AbortController();
      const job = client.submit("/echo", ["wait"], undefined, { signal: controller.signal });
      await job.wait_for_id();
      controller.abort();
      return await job.result();
    },
    "a lost stream": () => called("break"),
    "a refused join": async () => {
      status = 503;
      return await called("x").finally(() => {
        status = 200;
      });
    },
    "wrong arguments": () => called(new Map()),
    "an app that asks for a login": async () => {
      status = 401;
      return await Client.connect(app.url, { retries: 0 }).finally(() => {
        status = 200;
      });
    },
    "no app": async () => {
      const gone = await ScriptedApp.start();
      await gone.stop();
      return await Client.connect(gone.url, { retries: 0 });
    },
    "a loop": async () => {
      const values: unknown[] = [];
      for await (const event of client.submit("/echo", ["steps"]))
        if (event.type === "data") values.push(event.data);
      return values;
    },
    "a loop over a failing job": async () => {
      for await (const _ of client.submit("/echo", ["fail"]));
    },
    "the result of a job whose loop ended": async () => {
      const job = client.submit("/echo", ["wait"], undefined, { timeout: { run: 0.05 } });
      await (async () => {
        for await (const _ of job);
      })().catch(() => {});
      return await job.result();
    },
    deltas: async () => {
      const texts: string[] = [];
      for await (const text of client.submit("/echo", ["steps"]).deltas()) texts.push(text);
      return texts;
    },
    upload: () => called(new Blob(["x"])).then(([file]) => (file as { path: string }).path),
    download: () => client.read({ path: "/tmp/a.txt" }).text(),
    stream: () => new Response(client.read({ path: "/tmp/a.txt" }).stream()).text(),
    view_api: async () => Object.keys((await client.view_api()).named_endpoints),
    reconnect: () => client.reconnect(),
    "an address without a scheme": async () =>
      await (await Client.connect(app.url.slice("http://".length), { retries: 0 })).close(),
    "a login": async () => await (await Client.connect(app.url, { auth: ["a", "b"], retries: 0 })).close(),
  };
  const outcomes: Record<string, unknown> = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      outcomes[name] = (await step()) ?? "done";
    } catch (error) {
      const { name: kind, message } = error as Error;
      outcomes[name] = kind;
      // It names what it is for.
      if (kind === "LoadError") expect(message).toMatch(/^the part of gradlink for .+ cannot be loaded/);
    }
  }
  await client.close();
  await app.stop();
  return outcomes;
}

async function load(name: string): Promise<Gradlink> {
  return (await import(/* @vite-ignore */ pathToFileURL(join(folder, name, "index.mjs")).href)) as Gradlink;
}

test("whichever part is gone, limits hold, errors are what they were, and what needs it says so", async () => {
  const all = await play(await load("all"));
  expect(all).toMatchObject({
    predict: ["x"],
    "the app's error": "AppError",
    "a limit": "JobTimeoutError",
    cancel: "JobCancelledError",
    "a signal": "AbortError",
    "a lost stream": "StreamLostError",
    "wrong arguments": "ArgumentError",
    "an app that asks for a login": "AuthenticationError",
    "no app": "ConnectError",
    "a loop": [["a"], ["ab"]],
    deltas: ["a", "b"],
    download: "content",
  });
  expect(lazy.length).toBeGreaterThan(5);
  const missed = new Set<string>();
  await Promise.all(
    lazy.map(async (chunk) => {
      cpSync(join(folder, "all"), join(folder, chunk), { recursive: true });
      rmSync(join(folder, chunk, chunk));
      expect(existsSync(join(folder, chunk, "index.mjs"))).toBe(true);
      const outcomes = await play(await load(chunk));
      for (const [name, outcome] of Object.entries(outcomes)) {
        if (outcome === "LoadError" && !ALWAYS.includes(name)) missed.add(name);
        else expect([chunk, name, outcome]).toEqual([chunk, name, all[name]]);
      }
    }),
  );
  // Were none of them needed, nothing would have been tried.
  for (const name of ["a loop", "deltas", "upload", "download", "stream", "view_api", "a login"])
    expect([...missed]).toContain(name);
});
