// The React page, built by Vite with the packed package and driven in Chromium: once as it is deployed, and once with React's
// own checks, in which StrictMode mounts everything twice.

import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { expectSuccess, runTool } from "../package/commands.ts";
import { binary } from "../runtimes/chromium.ts";
import { callsOf, countStars, expectNobodyCounts, given, givenPages, install, wanted } from "./given.ts";

vi.setConfig({ testTimeout: 120_000 });

const chromium = wanted("page", binary);
const base = given();
const pages = chromium === null ? null : givenPages(base);

beforeAll(() => {
  install(
    base.folder,
    "react",
    "react-dom",
    "scheduler",
    "vite",
    "csstype",
    "@types/react",
    "@types/react-dom",
  );
});

test("the types hold", async () => {
  await expectSuccess(runTool("typescript/bin/tsc", ["-p", "react/tsconfig.json"], base.folder));
});

describe.skipIf(pages === null).each(["production", "development"])("built for %s", (mode) => {
  beforeAll(async () => {
    const environment = { VITE_GRADIO_URL: base.app.url, NODE_ENV: mode };
    // What bundlers say about the package is looked at in tests/package; on a busy machine Vite says how slow it was.
    const options = ["build", "--base", "./", "--mode", mode, "--outDir", mode, "--logLevel", "error"];
    const folder = join(base.folder, "react");
    await expectSuccess(runTool("vite/bin/vite.js", options, folder, environment));
  });

  async function open(width?: number): Promise<Page> {
    const page = await pages?.open(`/react/${mode}/index.html`, width === undefined ? {} : { width });
    if (!page) throw new Error("there is no browser");
    return page;
  }

  async function openStars(): Promise<Page> {
    const page = await open();
    await page.getByRole("button", { name: "Stars" }).click();
    await page.getByRole("button", { name: "Count" }).click();
    return page;
  }

  test("shows the answer while it is written", async () => {
    const page = await openStars();
    const answer = page.locator("output");
    const shown = String(await answer.textContent());
    await answer.filter({ hasNotText: new RegExp(`^${shown}$`) }).waitFor();
    expect(await page.getByRole("button", { name: "Count" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Chat" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await answer.getByText(/^In a harbour town .* too late\.$/).waitFor();
    await page.locator('[aria-busy="false"]').waitFor();
    expect(await page.getByRole("button", { name: "Send" }).isEnabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Stop" }).isDisabled()).toBe(true);
  });

  test("shows progress, and what the app says", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Bake" }).click();
    await page.getByLabel("Minutes").fill("20");
    await page.locator("form").getByRole("button", { name: "Bake" }).click();
    const bar = page.locator('progress[max="20"]');
    await page.locator("label", { has: bar, hasText: /^Baking bread \d+ of 20 minutes$/ }).waitFor();
    await page.getByText("Kitchen: The oven is warm, bread goes in.").waitFor();
    await page.getByText("bread, baked for 20 minutes").waitFor();
    await page.getByText("Kitchen: Careful, hot.").waitFor();
    await page.locator('[aria-busy="false"]').waitFor();
    expect(await bar.count()).toBe(0);
  });

  test("shows the app's error with its title", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Divide" }).click();
    await page.locator("form").getByRole("button", { name: "Divide" }).click();
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.locator("strong").textContent()).toBe("Not in this world");
    expect(await alert.locator("p").textContent()).toBe("Nothing can be divided by zero.");
    await page.getByLabel("Divisor").fill("4");
    await page.locator("form").getByRole("button", { name: "Divide" }).click();
    await page.locator("output").getByText("0.25").waitFor();
    expect(await alert.count()).toBe(0);
  });

  test("shows how many are before it, and stops the function", async () => {
    const stop = await countStars(base.app);
    const before = await callsOf(base.app);
    const other = await openStars();
    await expect.poll(() => callsOf(base.app), { timeout: 60_000 }).toBe(before + 1);
    const page = await openStars();
    await page.getByText("1 before you in the queue").waitFor();
    await other.getByRole("button", { name: "Stop" }).click();
    await other.getByText("Stopped.").waitFor();
    await stop();
    await page.getByText(/^\d+ stars$/).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped.").waitFor();
    await expectNobodyCounts(base.app);
    // What stood there is gone as soon as it counts anew.
    await page.getByRole("button", { name: "Count" }).click();
    await page.getByText(/^\d+ stars$/).waitFor();
  });

  test("stops the function when the form is unmounted, and says nothing about it", async () => {
    const page = await open();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.getByRole("button", { name: "Stars" }).click();
    await page.getByRole("button", { name: "Count" }).click();
    await page.getByText(/^\d+ stars$/).waitFor();
    await page.getByRole("button", { name: "Chat" }).click();
    await expectNobodyCounts(base.app);
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .locator("output")
      .getByText(/too late\.$/)
      .waitFor();
    expect(said).toEqual([]);
  });

  test("stops the function when the page is closed", async () => {
    const page = await openStars();
    await page.getByText(/^\d+ stars$/).waitFor();
    await page.close();
    await expectNobodyCounts(base.app);
  });

  test("fits a phone", async () => {
    const page = await open(360);
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .locator("output")
      .getByText(/too late\.$/)
      .waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });
});
