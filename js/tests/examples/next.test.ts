// The Next example, built and started as it is deployed: its form in Chromium, its stream for readers that stay and that leave.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { expectSuccess, ROOT, runTool } from "../package/commands.ts";
import { binary } from "../runtimes/chromium.ts";
import {
  callsOf,
  countStars,
  expectNobodyCounts,
  given,
  givenPages,
  printed,
  serving,
  wanted,
} from "./given.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 400_000 });

const chromium = wanted("page", binary);
// Turbopack compiles what is below the lockfile that is nearest above the project, and follows no link out of there.
const base = given(join(ROOT, ".cache"));
const pages = chromium === null ? null : givenPages(base);
const environment = { NEXT_TELEMETRY_DISABLED: "1" };
let folder: string;

beforeAll(async () => {
  folder = join(base.folder, "next");
  // The same for a function that goes on for hours.
  const story = readFileSync(join(folder, "app/story/route.ts"), "utf8");
  const stars = story.replace('"/chat", { message }', '"/count_stars", {}');
  expect(stars).not.toBe(story);
  mkdirSync(join(folder, "app/stars"));
  writeFileSync(join(folder, "app/stars/route.ts"), stars);
  const settings = readFileSync(join(folder, "tsconfig.json"), "utf8");
  // Nobody is there: the app need not run where the site is built.
  const building = { ...environment, GRADIO_URL: "http://127.0.0.1:9" };
  await expectSuccess(runTool("next/dist/bin/next", ["build"], folder, building));
  // Next adds what it misses in the settings; there is nothing.
  expect(readFileSync(join(folder, "tsconfig.json"), "utf8")).toBe(settings);
});

async function start(more: Record<string, string> = {}): Promise<string> {
  const next = join(ROOT, "node_modules/next/dist/bin/next");
  const parameters = [next, "start", "--hostname", "127.0.0.1", "--port", "0"];
  const own = { ...environment, GRADIO_URL: base.app.url, ...more };
  return await serving(process.execPath, parameters, folder, own);
}

/** Return how often somebody has connected to the app. */
async function connections(): Promise<number> {
  return (await base.app.requests()).filter(({ path }) => path === "/config").length;
}

test("sends a text in pieces, to two readers at a time", async () => {
  const site = await start();
  const both = await Promise.all(
    [1, 2].map(async () => {
      const answer = await fetch(`${site}/story`);
      expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      const pieces: string[] = [];
      const decoder = new TextDecoder();
      for await (const bytes of answer.body ?? []) pieces.push(decoder.decode(bytes));
      return pieces;
    }),
  );
  const [asShown] = printed("next/app/story/route.ts");
  for (const pieces of both) {
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toMatch(asShown as RegExp);
  }
});

test("stops the function of a reader that leaves", async () => {
  const site = await start();
  const leaving = new AbortController();
  const answer = await fetch(`${site}/stars`, { signal: leaving.signal });
  let text = "";
  for await (const bytes of answer.body ?? []) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("3 stars")) break;
  }
  leaving.abort();
  await expectNobodyCounts(base.app);
  expect(await (await fetch(`${site}/story`)).text()).toMatch(/too late\.$/);
});

test("takes a reader that leaves out of the queue", async () => {
  const site = await start();
  const stop = await countStars(base.app);
  const before = await callsOf(base.app);
  const leaving = new AbortController();
  const left = fetch(`${site}/stars`, { signal: leaving.signal }).then((answer) => answer.text());
  await expect.poll(() => callsOf(base.app), { timeout: 60_000 }).toBe(before + 1);
  leaving.abort();
  await expect(left).rejects.toThrow();
  await stop();
  // If it had stayed, it would be its turn now, for hours.
  await expectNobodyCounts(base.app);
});

const LETTER = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Wish you were here") };

async function send(page: Page, letter: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.getByLabel("Letter").setInputFiles(letter);
  await page.getByRole("button", { name: "Draw" }).click();
}

describe.skipIf(pages === null)("in Chromium", () => {
  interface Opened {
    readonly page: Page;
    /** What the console has shown. */
    readonly said: string[];
    /** Where the page has asked. */
    readonly asked: Set<string>;
  }

  async function open(address: string, options: { width?: number; javaScriptEnabled?: boolean } = {}) {
    const page = await pages?.open(address, options);
    if (!page) throw new Error("there is no browser");
    const opened: Opened = { page, said: [], asked: new Set() };
    page.on("console", (message) => opened.said.push(message.text()));
    page.on("pageerror", (error) => opened.said.push(String(error)));
    page.on("request", (request) => opened.asked.add(new URL(request.url()).origin));
    return opened;
  }

  /** Wait for the picture; return its address. */
  async function drawn(page: Page): Promise<string> {
    const picture = page.getByRole("img", { name: "The postcard" });
    await picture.waitFor();
    const address = String(await picture.getAttribute("src"));
    const { body, type } = await fetched(page, address);
    expect(type).toBe("image/png");
    expect(body.subarray(1, 4).toString()).toBe("PNG");
    return address;
  }

  async function fetched(page: Page, address: string): Promise<{ body: Buffer; type: string }> {
    const answer = await page.context().request.get(new URL(address, page.url()).href);
    expect(answer.status()).toBe(200);
    return { body: await answer.body(), type: String(answer.headers()["content-type"]) };
  }

  test("draws a letter, and the browser need not reach the app", async () => {
    const site = await start();
    const { page, said, asked } = await open(site);
    await send(page, LETTER);
    await drawn(page);
    const width = 'document.querySelector("img").complete && document.querySelector("img").naturalWidth';
    await expect.poll(() => page.evaluate(width), { timeout: 60_000 }).toBe(640);
    await page.getByText("postcard.png").waitFor();
    expect([...asked]).toEqual([site]);
    expect(said).toEqual([]);
  });

  test("draws a letter without a script in the page", async () => {
    const { page } = await open(await start(), { javaScriptEnabled: false });
    await send(page, LETTER);
    await drawn(page);
  });

  test("shows the app's error with its title, whoever has connected, and connects once", async () => {
    const site = await start();
    const before = await connections();
    expect(await (await fetch(`${site}/story`)).text()).toMatch(/too late\.$/);
    const { page } = await open(site);
    // It is larger than what Next takes by itself.
    const buffer = Buffer.alloc(1_500_000, "x");
    await send(page, { name: "letter.png", mimeType: "image/png", buffer });
    const alert = page.locator("form").getByRole("alert");
    await alert.waitFor();
    expect(await alert.locator("strong").textContent()).toBe("Error");
    expect(await alert.locator("p").textContent()).toContain("Invalid file type.");
    await send(page, LETTER);
    await drawn(page);
    expect(await alert.count()).toBe(0);
    expect(await connections()).toBe(before + 1);
  });

  test("says that there is no answer, and connects anew", async () => {
    const site = await start();
    await base.app.answer("/config", 500);
    const { page } = await open(site);
    await send(page, LETTER);
    const alert = page.locator("form").getByRole("alert");
    await alert.waitFor();
    expect(await alert.locator("strong").textContent()).toBe("No answer");
    expect(await alert.textContent()).not.toContain("500");
    await send(page, LETTER);
    await drawn(page);
  });

  test("shows no file of the app that a visitor chooses", async () => {
    const site = await start();
    const { page } = await open(site);
    await send(page, LETTER);
    const signed = new URL(await drawn(page), site);
    const before = (await base.app.requests()).length;
    const tampered = new URL(signed);
    tampered.searchParams.set("path", `${signed.searchParams.get("path")}x`);
    const unsigned = new URL(signed);
    unsigned.searchParams.delete("signature");
    for (const address of [tampered, unsigned, new URL("/picture", site)]) {
      const answer = await fetch(address);
      expect(answer.status).toBe(404);
      await answer.text();
    }
    expect(await base.app.requests(before)).toEqual([]);
    expect((await fetched(page, signed.href)).type).toBe("image/png");
  });

  test("shows what another server has signed only where both have the same key", async () => {
    const sites = [await start(), await start({ PICTURE_KEY: "a" }), await start({ PICTURE_KEY: "a" })];
    const [alone = "", one = "", two = ""] = sites;
    const { page } = await open(one);
    await send(page, LETTER);
    const signed = await drawn(page);
    expect((await fetched(page, new URL(signed, two).href)).type).toBe("image/png");
    const refused = await fetch(new URL(signed, alone));
    expect(refused.status).toBe(404);
    await refused.text();
  });

  test("shows the story while it is written, and stops when the page is left", async () => {
    const site = await start();
    const { page } = await open(site);
    await page.getByRole("link", { name: "read a story" }).click();
    await page.getByText(/too late\.$/).waitFor();
    await page.goto(`${site}/stars`, { waitUntil: "commit" });
    await page.getByText(/\d+ stars/).waitFor();
    await page.goto("about:blank");
    await expectNobodyCounts(base.app);
  });

  test("fits a phone", async () => {
    const { page } = await open(await start(), { width: 360 });
    await send(page, LETTER);
    await drawn(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });
});
