// Two copies of gradlink in one program, as bundlers and Jest make them.

import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";

type Gradlink = typeof import("../../src/index.node.ts");

test("a file of one copy is sent by the other", async () => {
  const one = (await import("../../src/index.node.ts")) as Gradlink;
  vi.resetModules();
  const other = (await import("../../src/index.node.ts")) as Gradlink;
  expect(other.handle_file).not.toBe(one.handle_file);
  const path = join(tmpdir(), `gradlink-copies-${process.pid}.txt`);
  writeFileSync(path, "content");
  const app = await ScriptedApp.start();
  app.override = (asked, response) => {
    if (!asked.path.endsWith("/upload")) return false;
    response.setHeader("content-type", "application/json").end('["/tmp/a.txt"]');
    return true;
  };
  const client = await other.Client.connect(app.url);
  const { data } = await client.predict("/echo", [{ ...(one.handle_file(path) as object) }]);
  expect(data[0]).toMatchObject({ path: "/tmp/a.txt" });
  expect(data[0]).toBeInstanceOf(one.FileData);
  await client.close();
  await app.stop();
});
