// A part that is loaded when it is needed is gone: the page was deployed anew while it was open. Only what few programs need
// is such a part, and what needs it says so.

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

/** The config of an app of Gradio 4.0, whose jobs have a connection of their own. */
const OLD = {
  version: "4.0.0",
  protocol: "sse",
  components: [{ id: 1, type: "textbox", props: { label: "text" } }],
  dependencies: [{ api_name: "echo", inputs: [1], outputs: [1], queue: true }],
};
const NO_HUB = { fetch: () => Promise.reject(new Error("there is no Hub")), token: "hf_none", retries: 0 };

/** What needs one of them. */
const FOR_FEW: readonly string[] = ["view_api", "a Space", "duplicate", "quota", "an old app"];

/** Play everything with one build; return what each came to: a value, or the name of the error. */
async function play({ Client, quota }: Gradlink): Promise<Record<string, unknown>> {
  const app = await ScriptedApp.start();
  let [status, isOld] = [200, false];
  app.override = ({ path }, response) => {
    const answer = (code: number, body: unknown) =>
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (path === "/config" && status !== 200) answer(status, { detail: "Not authenticated" });
    else if (path === "/config" && isOld) answer(200, OLD);
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
    "a Space": () => Client.connect("owner/space", NO_HUB),
    duplicate: () => Client.duplicate("owner/space", NO_HUB),
    quota: () => quota(NO_HUB),
    "an old app": async () => {
      isOld = true;
      const old = await Client.connect(app.url, { retries: 0 }).finally(() => {
        isOld = false;
      });
      return await old.predict("/echo", ["x"]).finally(() => old.close());
    },
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
  expect(all).toMatchObject({ "a Space": "HubError", duplicate: "HubError", quota: "HubError" });
  expect(all["an old app"]).not.toBe("LoadError");
  expect(lazy.length).toBeGreaterThan(4);
  const missed = new Set<string>();
  await Promise.all(
    lazy.map(async (chunk) => {
      cpSync(join(folder, "all"), join(folder, chunk), { recursive: true });
      rmSync(join(folder, chunk, chunk));
      expect(existsSync(join(folder, chunk, "index.mjs"))).toBe(true);
      const outcomes = await play(await load(chunk));
      for (const [name, outcome] of Object.entries(outcomes)) {
        if (outcome === "LoadError" && FOR_FEW.includes(name)) missed.add(name);
        else expect([chunk, name, outcome]).toEqual([chunk, name, all[name]]);
      }
    }),
  );
  // Were none of them needed, nothing would have been tried.
  expect([...missed].sort()).toEqual([...FOR_FEW].sort());
});
