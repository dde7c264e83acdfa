// Objects of other realms and packages are as good as our own: no built-in class is asked for by its identity.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));
const FILES = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);

/** Where an identity decides how something is done, not whether it is. */
const ALLOWED = ["client/multipart.ts: blob instanceof Blob"];

/** Return what asks for the class of a value that may be of another realm. */
function identities(code: string): string[] {
  const bare = code.replace(/\/\*[^]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  const classes = [...bare.matchAll(/[\w.]+ instanceof (\w+)/g)].filter(
    ([, name]) => `${name}` in globalThis,
  );
  const constructors = [...bare.matchAll(/\.constructor\s*[!=]==?\s*\w+/g)];
  return [...classes, ...constructors].map(([text]) => text);
}

test("no built-in class is asked for by its identity", () => {
  const found = FILES.flatMap((file) =>
    identities(readFileSync(SOURCE + file, "utf8")).map((text) => `${file.replaceAll("\\", "/")}: ${text}`),
  );
  expect(found).toEqual(ALLOWED);
});

test("what asks for one is found", () => {
  expect(
    identities("x instanceof ArrayBuffer; a.b instanceof Error; x instanceof GradlinkError"),
  ).toHaveLength(2);
  expect(identities("body?.constructor === Object // x instanceof Map")).toHaveLength(1);
});
