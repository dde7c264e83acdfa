// `npm pack` in a clone that nothing was built in makes the whole package.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSuccess, ROOT, run } from "./commands.ts";

let clone: string;

beforeAll(() => {
  const cache = join(ROOT, "../.cache/js-package");
  mkdirSync(cache, { recursive: true });
  clone = mkdtempSync(join(cache, "clone-"));
  const files = execFileSync("git", ["ls-files", "-z", "."], { cwd: ROOT, encoding: "utf8" });
  for (const name of files.split("\0")) {
    if (!name || name.startsWith("tests/") || !existsSync(join(ROOT, name))) continue;
    mkdirSync(join(clone, dirname(name)), { recursive: true });
    cpSync(join(ROOT, name), join(clone, name));
  }
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

test("it is built before it is packed", async () => {
  expect(existsSync(join(clone, "dist"))).toBe(false);
  await expectSuccess(run("npm", ["pack", "--pack-destination", clone], clone));
  const { version } = JSON.parse(await expectSuccess(run("cat", ["package.json"], clone))) as {
    version: string;
  };
  const listed = await expectSuccess(run("tar", ["-tzf", `gradlink-${version}.tgz`], clone));
  for (const name of ["index.js", "index.d.ts", "index.node.js", "gradlink.min.js", "gradlink.min.mjs"])
    expect(listed.split("\n")).toContain(`package/dist/${name}`);
}, 180_000);
