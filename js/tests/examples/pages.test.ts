// The pages without a build step, driven in Chromium: the script tag, and the service worker.

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { binary } from "../runtimes/chromium.ts";
import { callsOf, given, givenPages, wanted } from "./given.ts";

const chromium = wanted("page", binary);
// Several processes start in a test, which takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const base = given();
const pages = chromium === null ? null : givenPages(base);

function png(name: string, base64: string): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: "image/png", buffer: Buffer.from(base64, "base64") };
}
// Of one pixel each.
const HEAD = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4n";
const WHITE = png("white.png", `${HEAD}GP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==`);
const BLACK = png("black.png", `${HEAD}GNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==`);
const LETTER = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Wish you were here") };

beforeAll(() => {
  const dist = join(base.folder, "node_modules/gradlink/dist");
  copyFileSync(join(dist, "gradlink.min.js"), join(base.folder, "gradlink.min.js"));
  copyFileSync(join(dist, "gradlink.min.mjs"), join(base.folder, "service-worker/gradlink.min.mjs"));
});

/** Open a page that calls the demo app, or another address. */
async function open(path: string, { width = 1000, app = base.app.url } = {}): Promise<Page> {
  const page = await pages?.open(`${path}?app=${encodeURIComponent(app)}`, { width });
  if (!page) throw new Error("there is no browser");
  return page;
}

describe.skipIf(pages === null)("cdn.html", () => {
  test("shows the picture that the app draws of a letter", async () => {
    const page = await open("/cdn.html", { width: 360 });
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    await page.locator("input").setInputFiles(LETTER);
    await page.getByRole("button", { name: "Draw" }).click();
    await page.getByText(/^postcard\.png, \d+ bytes$/).waitFor();
    const size = await page.locator("img").evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    expect(size).toEqual([640, 400]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(said).toEqual([]);
  });

  test("says that there is no app, and may be asked again", async () => {
    const page = await open("/cdn.html", { app: `${pages?.origin}/nothing` });
    await page.locator("input").setInputFiles(LETTER);
    await page.getByRole("button", { name: "Draw" }).click();
    await page.getByRole("alert").getByText("is not a Gradio app").waitFor();
    expect(await page.getByRole("button", { name: "Draw" }).isEnabled()).toBe(true);
  });
});

test.skipIf(pages === null)(
  "an app of this machine does not answer a page that was opened from the disk",
  async () => {
    const page = await open("/cdn.html");
    await page.goto(
      `${pathToFileURL(join(base.folder, "cdn.html"))}?app=${encodeURIComponent(base.app.url)}`,
    );
    await page.locator("input").setInputFiles(LETTER);
    await page.getByRole("button", { name: "Draw" }).click();
    await page.getByRole("alert").getByText("fetch").waitFor();
  },
);

describe.skipIf(pages === null)("service-worker", () => {
  async function caption(page: Page, picture: typeof WHITE, wanted: string): Promise<void> {
    await page.locator("input:enabled").setInputFiles(picture);
    await page.locator("figcaption").getByText(wanted, { exact: true }).waitFor();
  }

  test("asks the app once for equal pictures, also after a reload", async () => {
    const page = await open("/service-worker/index.html");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).origin));
    const before = await callsOf(base.app);
    await caption(page, WHITE, "day (app)");
    await caption(page, BLACK, "night (app)");
    await caption(page, { ...WHITE, name: "again.png" }, "day (cache)");
    expect(await callsOf(base.app)).toBe(before + 2);
    await page.reload();
    await caption(page, BLACK, "night (cache)");
    expect(await callsOf(base.app)).toBe(before + 2);
    // It is the worker that speaks to the app, not the page.
    expect(new Set(asked)).toEqual(new Set([pages?.origin]));
  });

  test("says what went wrong, and does not remember it", async () => {
    const page = await open("/service-worker/index.html", { width: 360 });
    const broken = { name: "text.png", mimeType: "image/png", buffer: Buffer.from("not a picture") };
    const before = await callsOf(base.app);
    await page.locator("input:enabled").setInputFiles(broken);
    await page.locator("figcaption").getByText("(failed)").waitFor();
    expect(await callsOf(base.app)).toBe(before + 1);
    await caption(page, WHITE, "day (app)");
    await page.locator("input").setInputFiles(broken);
    await page.locator("figcaption").getByText("(failed)").waitFor();
    expect(await callsOf(base.app)).toBe(before + 3);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });
});
