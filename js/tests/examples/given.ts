// What the tests of the examples share: the examples with the package as it would be installed, and the demo app.

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "gradlink";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { patternOf } from "../documents/pages.ts";
import { installed, type Project, ROOT } from "../package/commands.ts";
import { launchChromium } from "../runtimes/chromium.ts";
import { type Control, serveControl } from "../runtimes/control.ts";
import { type Server, server, top } from "../server/servers.ts";

/** What a test file has at hand. */
export interface Given {
  /** A folder with a copy of the examples, in which the packed package is installed. */
  readonly folder: string;
  /** The demo app, which records what it is asked for. */
  readonly app: Server;
}

/** Install the package beside the examples, in a folder `cache`, and start the demo app, for all tests of a file. */
export function given(cache?: string): Given {
  let project: Project;
  const found = {} as { folder: string; app: Server };
  beforeAll(async () => {
    [project, found.app] = await Promise.all([installed(cache), server("demo")]);
    found.folder = project.folder;
    cpSync(`${top}examples/js`, found.folder, { recursive: true });
  });
  afterAll(() => project?.remove());
  return found;
}

/** Let the examples find packages that the tests have, as if they were installed beside gradlink. */
export function install(folder: string, ...packages: string[]): void {
  for (const name of packages) {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), target);
  }
}

/** Return what docs/runtimes.md says that a program prints: its blocks of text, in which … stands for anything. */
export function printed(program: string): RegExp[] {
  const page = readFileSync(`${top}docs/runtimes.md`, "utf8");
  const [, section = ""] = page.split(`{literalinclude} ../examples/js/${program}\n`);
  const [own = ""] = section.split("{literalinclude}");
  return [...own.matchAll(/^```text\n([^]*?)^```$/gm)].map(([, text = ""]) => patternOf(text));
}

const skipped = (process.env["GRADLINK_SKIP_RUNTIMES"] ?? "").split(",");

/** Return the path of a runtime, null if it is not to be played in; that it is missing is a failure. */
export function wanted(name: string, binary: string | null): string | null {
  if (skipped.includes(name)) return null;
  if (binary === null) throw new Error(`${name} is missing, and GRADLINK_SKIP_RUNTIMES does not name it`);
  return binary;
}

const programs: { child: ChildProcess; ended: Promise<unknown> }[] = [];

afterEach(async () => {
  for (const { child, ended } of programs.splice(0)) {
    child.kill();
    await ended;
  }
});

/** Start a program that serves until the test is over; return the address that it prints. */
export async function serving(
  binary: string,
  parameters: readonly string[],
  folder: string,
  environment: Record<string, string>,
): Promise<string> {
  const child = spawn(binary, parameters, { cwd: folder, env: { ...process.env, ...environment } });
  const ended = new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  programs.push({ child, ended });
  let said = "";
  return await new Promise((resolve, reject) => {
    const read = (text: Buffer): void => {
      said += text;
      const [, port] = /http:\/\/[\w.]+:(\d+)/.exec(said) ?? [];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    ended.then(() => reject(new Error(`${binary} ended; it said:\n${said}`)), reject);
  });
}

/**
 * Hold once the app stops counting stars, which it does for one at a time and for hours: it begins to count for us.
 */
export async function expectNobodyCounts(app: Server): Promise<void> {
  const client = await Client.connect(app.url);
  try {
    for await (const event of client.submit("/count_stars", {})) if (event.type === "data") return;
    throw new Error("the app does not count");
  } finally {
    await client.close();
  }
}

/** Return how many calls the app has taken into its queue. */
export async function callsOf(app: Server): Promise<number> {
  return (await app.requests()).filter(({ path, ended }) => path.endsWith("/queue/join") && ended).length;
}

/** Count stars until the returned function is called, so that everybody else has to wait. */
export async function countStars(app: Server): Promise<() => Promise<void>> {
  const client = await Client.connect(app.url);
  const job = client.submit("/count_stars", {});
  await job.next();
  return async () => {
    await job.cancel();
    await client.close();
  };
}

/** What tests in a browser have at hand. */
export interface GivenPages {
  /** Open a page that `folder` has, or of another origin. */
  open(path: string, options?: { width?: number; javaScriptEnabled?: boolean }): Promise<Page>;
  /** Where the folder is served. */
  readonly origin: string;
}

/** Serve the folder of the examples, and start Chromium, for all tests of a file. */
export function givenPages(base: Given): GivenPages {
  let control: Control;
  let browser: Browser;
  const pages: Page[] = [];
  beforeAll(async () => {
    control = await serveControl(server, `${base.folder}/`, {});
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser?.close();
    await control?.stop();
  });
  return {
    get origin() {
      return control.origin;
    },
    async open(path, { width = 1000, javaScriptEnabled = true } = {}) {
      const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled });
      const page = await context.newPage();
      pages.push(page);
      page.setDefaultTimeout(60_000);
      await page.goto(new URL(path, control.origin).href);
      return page;
    },
  };
}
