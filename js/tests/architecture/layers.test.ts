// Holds what docs/javascript-client.md says about who may import whom.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
const FILES = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replaceAll("\\", "/"));

/** What each layer may import besides itself; entries at the top may import everything. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  escapes: [],
  errors: ["escapes"],
  types: ["errors", "protocol"],
  protocol: ["errors", "types"],
  engine: ["errors", "types", "protocol"],
  hub: ["escapes", "errors", "types", "protocol"],
  platform: ["errors", "types", "protocol"],
  describe: ["escapes", "errors", "types", "protocol"],
  testing: ["errors", "types", "protocol"],
  client: ["escapes", "errors", "types", "protocol", "engine", "hub", "describe"],
};

function layerOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

/** Return what a file imports or exports from when it is loaded. */
function importedAtOnce(file: string): string[] {
  const found = codeOf(file).matchAll(/(?:\bfrom\s*|^\s*import\s+)["']([^"']+)["']/gm);
  return [...found].map(([, specifier]) => specifier ?? "");
}

/** Return what a file imports and uses when it runs; what it only has the types of is not there then. */
function importedAsValue(file: string): string[] {
  const found = codeOf(file).matchAll(/^(?:import|export)\s+([^;]*?)\bfrom\s*["']([^"']+)["']/gm);
  return [...found]
    .filter(([, names = ""]) => !/^type\b/.test(names) && !/^\{\s*(?:type\s+[\w\s]+,?\s*)+\}\s*$/.test(names))
    .map(([, , specifier]) => specifier ?? "");
}

/** Return what a file imports when it needs it. */
function importedLater(file: string): string[] {
  const found = codeOf(file).matchAll(/\bimport\s*\(\s*["']([^"']+)["']/g);
  return [...found].map(([, specifier]) => specifier ?? "");
}

function imports(file: string): string[] {
  return [...importedAtOnce(file), ...importedLater(file)];
}

/** Return the text of a file without its comments. */
function codeOf(file: string): string {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function resolved(file: string, specifier: string): string {
  return relative(SOURCE, join(SOURCE, dirname(file), specifier)).replaceAll("\\", "/");
}

/** Return all files that an entry reaches. */
function reachable(entry: string): Set<string> {
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const specifier of imports(file)) {
      if (specifier.startsWith(".")) seen.add(resolved(file, specifier));
    }
  }
  return seen;
}

test("there is something to look at", () => {
  expect(FILES).toContain("index.ts");
  expect(FILES).toContain("index.node.ts");
  expect(FILES).toContain("cdn.ts");
  expect(FILES.length).toBeGreaterThan(10);
  expect(reachable("index.ts").size).toBeGreaterThan(5);
  expect(importedAsValue("client/http.ts")).toContain("./login.ts");
  expect(importedAsValue("client/login.ts")).not.toContain("./http.ts");
});

describe.each(FILES)("%s", (file) => {
  const layer = layerOf(file);
  const isEntry = !file.includes("/") && !(layer in BELOW);

  test("imports files that exist, with their extension", () => {
    for (const specifier of imports(file)) {
      if (specifier.startsWith(".")) expect(existsSync(join(SOURCE, resolved(file, specifier)))).toBe(true);
    }
  });

  test("imports no package", () => {
    const packages = imports(file).filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
    expect(packages).toEqual([]);
  });

  test("imports nothing from above", () => {
    if (isEntry) return;
    const allowed = [layer, ...(BELOW[layer] ?? [])];
    const above = importedAtOnce(file)
      .filter((name) => name.startsWith("."))
      .map((name) => resolved(file, name))
      .filter((target) => !allowed.includes(layerOf(target)));
    expect(layer in BELOW, `${layer} is a known layer`).toBe(true);
    expect(above).toEqual([]);
    const later = importedLater(file)
      .filter((name) => name.startsWith("."))
      .map((name) => layerOf(resolved(file, name)));
    expect(later.filter((target) => !allowed.includes(target))).toEqual([]);
  });

  test("prints nothing, stores nothing, looks at no page", () => {
    expect(codeOf(file).replace(/"(?:[^"\\\n]|\\.)*"/g, '""')).not.toMatch(
      /\bconsole\s*\.|\b(?:local|session)Storage\b|\bindexedDB\b|\bdocument\s*\.|\bwindow\s*\.|\bEventSource\s*\(/,
    );
  });
});

test("Node's modules are imported by the platform only, and not in the universal entries", () => {
  const users = FILES.filter((file) => imports(file).some((name) => name.startsWith("node:")));
  expect(users.filter((file) => layerOf(file) !== "platform")).toEqual([]);
  for (const entry of ["index.ts", "cdn.ts"]) {
    const reached = reachable(entry);
    expect(users.filter((file) => reached.has(file))).toEqual([]);
  }
});

test("Node's file system is reachable from the entry for Node", () => {
  const reached = reachable("index.node.ts");
  expect(
    [...reached].some(
      (file) => imports(file).includes("node:fs/promises") || imports(file).includes("node:fs"),
    ),
  ).toBe(true);
});

test("only what few programs need is loaded by import(), all else is one static graph", () => {
  const later = FILES.flatMap((file) =>
    importedLater(file)
      .filter((name) => name.startsWith("."))
      .map((name) => `${file}: ${resolved(file, name)}`),
  );
  expect(later.sort()).toEqual([
    // Spaces, and what the Hub is asked beside.
    "client/address.ts: hub/space.ts",
    "client/client.ts: describe/describe.ts",
    "client/client.ts: hub/duplicate.ts",
    // Gradio 3, and servers before 4.9.
    "client/connection.ts: client/job-connection.ts",
    "exports.ts: hub/zerogpu.ts",
    // Paths and sockets of this machine.
    "platform/files.ts: platform/public.ts",
    "platform/files.ts: platform/socket.ts",
  ]);
});

test("no module needs itself, but for types", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(" > "));
    if (way.includes(file) || done.has(file)) return;
    const needed = [...importedAsValue(file), ...importedLater(file)].filter((name) => name.startsWith("."));
    for (const name of needed) visit(resolved(file, name), [...way, file]);
    done.add(file);
  };
  for (const file of FILES) visit(file, []);
  expect(circles).toEqual([]);
});

test("nothing runs when a module is loaded but what defines it", () => {
  // In Workers, timers, random values and requests are forbidden outside of a request.
  for (const file of FILES) {
    const top = codeOf(file)
      .split("\n")
      .filter((line) => /^\S/.test(line));
    const running = top.filter((line) =>
      /\b(?:fetch|setTimeout|setInterval|randomUUID|getRandomValues|random)\s*\(/.test(line),
    );
    const declared =
      /^(?:export\s+)?(?:async\s+)?function\b|^(?:export\s+)?(?:declare|interface|type|class)\b/;
    expect(
      running.filter((line) => !declared.test(line) && !line.includes("=>")),
      file,
    ).toEqual([]);
  }
});

test("the lock file names no host to download from", () => {
  const lock = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
  expect(lock).not.toMatch(/"resolved": "https?:/);
});

test("nothing but withFacts() writes to an error, and no type is talked into another", () => {
  const FACTS = "execution|attempts|endpoint|eventId|logs|url|status|serverText";
  const writes = new RegExp(
    `\\b(?:error|failure|failed|cause)\\.(?:${FACTS})\\s*(?:\\?\\?|\\|\\|)?=(?![=>])`,
  );
  const found = (pattern: RegExp) => FILES.filter((file) => pattern.test(codeOf(file)));
  expect(writes.test('error.execution ??= "unknown"')).toBe(true);
  expect(found(writes)).toEqual([]);
  expect(found(/Object\.assign\(\s*(?:error|failure)/)).toEqual(["errors.ts"]);
  expect(found(/\bas unknown as\b/)).toEqual([]);
});
