// The program for Node, under the Node of the tests and a newer one.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { run } from "../package/commands.ts";
import { BINARIES } from "../runtimes/local-runtimes.ts";
import { given, printed, wanted } from "./given.ts";

// A busy machine takes long for a new process.
vi.setConfig({ testTimeout: 120_000 });

const base = given();
const NODES: [name: string, binary: string | null][] = [
  ["the Node of the tests", process.execPath],
  ["node 24", wanted("node 24", BINARIES["node 24"])],
];

test.for(NODES)("%s streams a text and saves a picture", async ([, binary], { skip }) => {
  skip(binary === null, "GRADLINK_SKIP_RUNTIMES names it");
  const picture = join(base.folder, "postcard.png");
  rmSync(picture, { force: true });
  writeFileSync(join(base.folder, "letter.txt"), "Wish you were here");
  const parameters = ["node.mjs", base.app.url, "letter.txt", "postcard.png"];
  const done = await run(binary ?? "", parameters, base.folder);
  const [asShown] = printed("node.mjs");
  expect(done.output).toMatch(asShown as RegExp);
  expect(done.code).toBe(0);
  expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
});

test("says that the letter is missing", async () => {
  const done = await run(
    process.execPath,
    ["node.mjs", base.app.url, "no-letter.txt", "none.png"],
    base.folder,
  );
  expect(done.code).not.toBe(0);
  expect(done.output).toContain("FileError");
  expect(done.output).toContain("no-letter.txt");
});
