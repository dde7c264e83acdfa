// The program for Node, under the Node of the tests and a newer one.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../package/commands.ts";
import { BINARIES } from "../runtimes/local-runtimes.ts";
import { given, wanted } from "./given.ts";

const base = given();
const NODES: [name: string, binary: string | null][] = [
  ["the Node of the tests", process.execPath],
  ["node 24", wanted("node 24", BINARIES["node 24"])],
];

test.for(NODES)("%s streams a text and saves a picture", async ([, binary], { skip }) => {
  skip(binary === null, "GRADLINK_SKIP_RUNTIMES names it");
  const picture = join(base.folder, `${process.pid}.png`);
  writeFileSync(join(base.folder, "letter.txt"), "Wish you were here");
  const done = await run(binary ?? "", ["node.mjs", base.app.url, "letter.txt", picture], base.folder);
  expect(done.output).toMatch(
    /^In a harbour town .* a whole one too late\.\nThe postcard is in .*\.png\.\n$/,
  );
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
