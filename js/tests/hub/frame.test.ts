// The page of a Space inside the Hub's page, in a real browser: the Hub's page lends the visitor's identity.
//
// Neither host can be reached from here, so the browser is given both pages, and the app's real answers, under their names.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { beforeAll, expect, test, vi } from "vitest";
import { ROOT } from "../package/commands.ts";
import { binary } from "../runtimes/chromium.ts";
import { type Server, server } from "../server/servers.ts";

vi.setConfig({ testTimeout: 60_000 });

// As in the suite of the runtimes: to go without Chromium has to be asked for.
const isLeftOut = (process.env["GRADLINK_SKIP_RUNTIMES"] ?? "").split(",").includes("page");

const HUB_PAGE = `<!doctype html><script>
globalThis.told = [];
addEventListener("message", ({ data, origin, ports }) => {
  told.push([data, origin]);
  if (data === "zerogpu-headers") ports[0].postMessage({ "x-ip-token": "visitor", "x-zerogpu-token": "lent" });
});
</script><iframe src="https://me-app.hf.space/frame.html"></iframe>`;
const SPACE_PAGE = `<!doctype html><script src="/gradlink.min.js"></script><script>
globalThis.played = (async () => {
  const client = await gradlink.Client.connect(location.origin);
  const { data } = await client.predict("/echo", ["x"]);
  void client.close();
  return data;
})();
</script>`;

let app: Server;

beforeAll(async () => {
  app = await server();
});

/** Open the page at `url` in a browser that knows both hosts; give its Space's frame or page something to play. */
async function inBrowser<T>(url: string, play: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: binary ?? "", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const html = { contentType: "text/html" };
    await page.route("https://huggingface.co/**", (route) => route.fulfill({ ...html, body: HUB_PAGE }));
    await page.route("https://me-app.hf.space/**", async (route) => {
      const { pathname, search } = new URL(route.request().url());
      if (pathname === "/frame.html") return route.fulfill({ ...html, body: SPACE_PAGE });
      if (pathname === "/gradlink.min.js") {
        const body = readFileSync(join(ROOT, "dist/gradlink.min.js"));
        return route.fulfill({ contentType: "text/javascript", body });
      }
      // A heartbeat has no end, with which alone an answer could be handed on.
      if (pathname.includes("/heartbeat/")) return route.abort();
      return route.fulfill({ response: await route.fetch({ url: `${app.origin}${pathname}${search}` }) });
    });
    await page.goto(url);
    return await play(page);
  } finally {
    await browser.close();
  }
}

/** Return the identity with which the joins since then came. */
async function identities(since: number): Promise<unknown[]> {
  const joins = (await app.requests(since)).filter(({ path }) => path.endsWith("/queue/join"));
  return joins.map(({ headers }) => [headers["x-ip-token"], headers["x-zerogpu-token"]]);
}

test.skipIf(isLeftOut)("a call in a frame of the Hub's page is made with what that page lends", async () => {
  const before = (await app.requests()).length;
  const [data, told] = await inBrowser("https://huggingface.co/spaces/me/app", async (page) => {
    const frame = await page.waitForSelector("iframe").then((element) => element.contentFrame());
    await frame?.waitForFunction("globalThis.played");
    return [await frame?.evaluate("played"), await page.evaluate("told")];
  });
  expect(data).toEqual(["x"]);
  expect(told).toEqual([
    ["supports-zerogpu-headers", "https://me-app.hf.space"],
    ["zerogpu-headers", "https://me-app.hf.space"],
  ]);
  expect(await identities(before)).toEqual([["visitor", "lent"]]);
});

test.skipIf(isLeftOut)("a call in the Space's own page asks nobody", async () => {
  const before = (await app.requests()).length;
  const data = await inBrowser("https://me-app.hf.space/frame.html", async (page) => {
    await page.waitForFunction("globalThis.played");
    return await page.evaluate("played");
  });
  expect(data).toEqual(["x"]);
  expect(await identities(before)).toEqual([[undefined, undefined]]);
});
