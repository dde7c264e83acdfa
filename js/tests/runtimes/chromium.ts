// Chromium without a window: two kinds of page, a worker, and three kinds of service worker.

import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import type { SeenRequest } from "../server/servers.ts";
import {
  ADDRESS_KEPT,
  NO_PROCESS,
  NOTHING_STORED,
  PROCESS_ENDS,
  type Runtime,
  type Setting,
} from "./runtime.ts";
import { browserEntry, testingEntry } from "./stage.ts";
import type { Result } from "./suite.ts";

/** A name that only this browser knows: an app there is on another site than the page. */
export const FOREIGN_HOST = "app.test";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Where Chromium is, null if it was not found. */
export const binary: string | null =
  process.env["CHROMIUM"] ?? PATHS.find((path) => existsSync(path)) ?? null;
const NO_CLASSIC = "gradlink/testing is an ES module, which no classic script can import";
const NO_IMPORT = "service workers forbid import(), with which it is loaded";
const MISSING = "needs Chromium, found none: `apt-get install chromium`, or its path in CHROMIUM";

/** Pages and scripts to serve, by path. */
export function pages(stage: string): Record<string, string> {
  const entry = `/${browserEntry(stage)}`;
  const testing = `/${testingEntry(stage)}`;
  const importMap = JSON.stringify({ imports: { gradlink: entry, "gradlink/testing": testing } });
  const icon = '<!doctype html><link rel="icon" href="data:,">';
  return {
    "/page.html": `${icon}<script type="importmap">${importMap}</script>
<script type="module">import * as gradlink from "gradlink"; import * as testing from "gradlink/testing";
import { play } from "/suite.js";
globalThis.suite = (place, names) => play({ gradlink, testing }, place, names);</script>`,
    "/cdn.html": `${icon}<script src="/node_modules/gradlink/dist/gradlink.min.js"></script>
<script type="module">import * as testing from "${testing}"; import { play } from "/suite.js";
globalThis.suite = (place, names) => play({ gradlink, testing }, place, names);</script>`,
    "/worker.html": `${icon}<script>globalThis.suite = (place, names) => new Promise((resolve, reject) => {
  const worker = new Worker("/in-worker.js", { type: "module" });
  worker.onmessage = (event) => resolve(event.data);
  worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
  worker.postMessage([place, names]);
});</script>`,
    "/service.html": icon + serviceWorkerPage("/in-service-worker.js", "classic"),
    "/module-service.html": icon + serviceWorkerPage("/in-module-service-worker.js", "module"),
    "/bundle-service.html": icon + serviceWorkerPage("/in-bundle-service-worker.js", "module"),
    // An import map is not for workers.
    "/in-worker.js": `import * as gradlink from "${entry}"; import * as testing from "${testing}";
import { play } from "/suite.js";
onmessage = async (event) => postMessage(await play({ gradlink, testing }, ...event.data));`,
    // A service worker may not use import(), with which the modules load what few programs need; one file has that, too.
    "/in-service-worker.js": `importScripts("/node_modules/gradlink/dist/gradlink.min.js", "/suite.classic.js");
const { play } = suite, testing = null;
${PLAY_WHEN_ASKED}`,
    "/in-module-service-worker.js": `import * as gradlink from "${entry}"; import * as testing from "${testing}";
import { play } from "/suite.js";
${PLAY_WHEN_ASKED}`,
    "/in-bundle-service-worker.js": `import * as gradlink from "/node_modules/gradlink/dist/gradlink.min.mjs";
import * as testing from "${testing}";
import { play } from "/suite.js";
${PLAY_WHEN_ASKED}`,
  };
}

/** What a service worker with the names `gradlink`, `testing` and `play` does. */
const PLAY_WHEN_ASKED = `addEventListener("message", (event) => event.waitUntil(
  play({ gradlink, testing }, ...event.data).then((results) => event.ports[0].postMessage(results))));`;

function serviceWorkerPage(script: string, type: "classic" | "module"): string {
  return `<script>globalThis.suite = async (place, names) => {
  await navigator.serviceWorker.register("${script}", { type: "${type}" });
  const { active } = await navigator.serviceWorker.ready;
  const channel = new MessageChannel();
  const results = new Promise((resolve) => { channel.port1.onmessage = (event) => resolve(event.data); });
  active.postMessage([place, names], [channel.port2]);
  return await results;
};</script>`;
}

const SECONDS_TO_PLAY = 240;
const SECRET = "of-the-page";

/** Fail if it takes too long. */
async function within<T>(playing: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error(`not over after ${SECONDS_TO_PLAY} s`));
    timer = setTimeout(fail, SECONDS_TO_PLAY * 1000);
  });
  try {
    return await Promise.race([playing, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Start it. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: binary ?? "",
    args: [
      "--no-sandbox",
      "--ignore-certificate-errors",
      `--host-resolver-rules=MAP ${FOREIGN_HOST} 127.0.0.1`,
    ],
  });
}

async function inPage(setting: Setting, path: string, names: readonly string[]): Promise<Result[]> {
  const browser = await launchChromium();
  try {
    const page: Page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.goto(`${setting.origin}${path}?${SECRET}=1`);
    await page.waitForFunction("globalThis.suite", undefined, { timeout: 30_000 }).catch(() => {
      throw new Error(`${path} did not load: ${said.join("; ")}`);
    });
    const place = { ...setting.place, credentials: "include" };
    const played = `suite(${JSON.stringify(place)}, ${JSON.stringify(names)})`;
    const results = (await within(page.evaluate(played))) as Result[];
    const stored = await page.evaluate(
      "Object.keys(localStorage).length + Object.keys(sessionStorage).length",
    );
    const detail = stored === 0 ? "" : `${stored} entries were left in the storage of the page`;
    const sent = await fetch(`${setting.place.control}/base/GET/_requests`).then((reply) => reply.json());
    const told = (sent as SeenRequest[])
      .filter(({ query }) => query.includes(SECRET))
      .map((request) => request.path);
    return [
      ...results,
      { scenario: NOTHING_STORED, passed: stored === 0, detail },
      { scenario: ADDRESS_KEPT, passed: told.length === 0, detail: `sent to ${told.join(", ")}` },
    ];
  } finally {
    await browser.close();
  }
}

function inChromium(name: string, path: string, cannot: Runtime["cannot"] = {}): Runtime {
  return {
    name,
    missing: binary === null ? MISSING : null,
    cannot: { [PROCESS_ENDS]: NO_PROCESS, ...cannot },
    play: (setting, names) => inPage(setting, path, names),
  };
}

/** All of them. */
export const CHROMIUM_RUNTIMES: readonly Runtime[] = [
  inChromium("page", "/page.html"),
  inChromium("script tag", "/cdn.html"),
  inChromium("worker", "/worker.html"),
  inChromium("service worker", "/service.html", { "scripted app": NO_CLASSIC }),
  inChromium("module service worker", "/module-service.html", { view_api: NO_IMPORT }),
  inChromium("bundle service worker", "/bundle-service.html"),
];
