// Jest's own loader of CommonJS, which cannot load an ES module, takes the package as it is.

import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";
import { installed, type Project, runTool } from "./commands.ts";

vi.setConfig({ testTimeout: 180_000 });

const PROGRAM = `
const { AppError, Client, ArgumentError, FileData, handle_file, isGradlinkError } = require("gradlink");

test("it calls an app", async () => {
  const client = await Client.connect(process.env.APP);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  const values = [];
  for await (const event of client.submit("/echo", { text: { deep: ["y"] } })) values.push(event.data[0]);
  expect(values).toEqual([{ deep: ["y"] }]);
  const { data } = await client.predict("/echo", [handle_file(new Uint8Array(3).buffer)]);
  expect(data[0]).toBeInstanceOf(FileData);
  expect(await client.read(data[0]).text()).toBe("content");
  await expect(client.predict("/nothing")).rejects.toMatchObject({ name: "EndpointError" });
  expect(() => client.submit("/echo", [new Map()])).toThrow(ArgumentError);
  const cancelled = client.submit("/echo", ["z"], undefined, { signal: AbortSignal.abort() });
  await expect(cancelled.result()).rejects.toMatchObject({ name: "AbortError" });
  expect(isGradlinkError(await cancelled.result().catch((error) => error))).toBe(true);
  await client.close();
});

test("it calls a scripted app", async () => {
  const { fakeApp, stream } = require("gradlink/testing");
  const app = fakeApp({
    "/add": ({ a, b = 1 }) => a + b,
    "/count": stream(1, 2),
    "/broken": new AppError("out of memory", { title: "Too large" }),
    "/size": (file) => new Blob([String(file.size)]),
  });
  const client = await Client.connect(app.url, { fetch: app.fetch });
  expect((await client.predict("/add", { a: 2 })).data).toEqual([3]);
  expect((await client.predict("/count")).data).toEqual([2]);
  await expect(client.predict("/broken")).rejects.toMatchObject({ name: "AppError", title: "Too large" });
  const { data } = await client.predict("/size", [new Blob(["hello"])]);
  expect(await client.read(data[0]).text()).toBe("5");
  expect(app.calls[0]).toEqual({ endpoint: "/add", arguments: { a: 2, b: 1 } });
  const spy = fakeApp({ "/spied": jest.fn((text) => text + "!") });
  const other = await Client.connect(spy.url, { fetch: spy.fetch });
  expect((await other.predict("/spied", ["a"])).data).toEqual(["a!"]);
  await Promise.all([client.close(), other.close()]);
});

test("it is of the platform that it should be", async () => {
  if (process.env.BROWSER) expect(() => handle_file("./package.json")).toThrow(/Node, Deno and Bun only/);
  else {
    const client = await Client.connect(process.env.APP);
    const { data } = await client.predict("/echo", [handle_file("./package.json")]);
    expect(data[0].orig_name).toBe("package.json");
    await client.close();
  }
});
`;

let project: Project;
let app: ScriptedApp;

beforeAll(async () => {
  [project, app] = await Promise.all([installed(), ScriptedApp.start()]);
  app.override = ({ path }, response) => {
    if (path.includes("file=")) response.end("content");
    else if (!path.endsWith("/upload")) return false;
    else response.setHeader("content-type", "application/json").end('["/tmp/a.txt"]');
    return true;
  };
  writeFileSync(join(project.folder, "program.test.js"), PROGRAM);
});
afterAll(async () => {
  await app?.stop();
  project?.remove();
});

// The second is how jest-environment-jsdom resolves modules.
test.each([
  ["node", {}],
  ["browser", { testEnvironmentOptions: { customExportConditions: ["browser"] } }],
])("with the conditions of %s", async (which, more) => {
  const rootDir = realpathSync(project.folder);
  const config = { rootDir, transform: {}, watchman: false, haste: { enableSymlinks: false }, ...more };
  const file = { name: "project", private: true, jest: config };
  writeFileSync(join(rootDir, "package.json"), JSON.stringify(file));
  vi.stubEnv("APP", app.url);
  vi.stubEnv("BROWSER", which === "browser" ? "yes" : "");
  const { code, output } = await runTool("jest/bin/jest.js", ["--ci", "--no-cache", "--runInBand"], rootDir);
  vi.unstubAllEnvs();
  expect(output).toContain("Tests:       3 passed, 3 total");
  expect(code, output).toBe(0);
});
