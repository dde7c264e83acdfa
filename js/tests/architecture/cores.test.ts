// The two cores, Python's and TypeScript's, have the same names; docs/protocol.md lists what differs on purpose.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Classes of both cores, by the module that they stand in. */
const CLASSES: Readonly<Record<string, string>> = {
  Engine: "engine/engine",
  StreamPolicy: "engine/streams",
  HeartbeatPolicy: "engine/streams",
  SessionPool: "protocol/sessions",
  SessionRouter: "protocol/router",
  QueueWatch: "protocol/queuewatch",
  JobTracker: "protocol/job",
};

function textOf(path: string): string {
  return readFileSync(`${ROOT}/${path}`, "utf8");
}

/** Return the names of the table, without those of the other column. */
function listed(): [python: Set<string>, typescript: Set<string>] {
  const text = textOf("docs/protocol.md");
  const [, table = ""] = /<!-- cores -->([^]*?)<!-- \/cores -->/.exec(text) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("| `") || line.startsWith("| | `"));
  const names = (cell = "") =>
    [...cell.matchAll(/`_?([^`]+?)(?:\.py|\.ts)?`/g)].map(([, name = ""]) => name.replaceAll("-", "_"));
  const cells = rows.map((row) => row.split("|").slice(1));
  return [
    new Set(cells.flatMap(([python]) => names(python))),
    new Set(cells.flatMap(([, typescript]) => names(typescript))),
  ];
}

function modules(folder: string, ending: string): string[] {
  return readdirSync(`${ROOT}/${folder}`)
    .filter((name) => name.endsWith(ending) && !name.startsWith("__"))
    .map((name) => name.slice(0, -ending.length).replaceAll("-", "_"));
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Return the text of a class. */
function classOf(source: string, name: string, end: RegExp): string {
  const start = source.search(new RegExp(`^(?:export )?class ${name}\\b`, "m"));
  expect(start, name).toBeGreaterThanOrEqual(0);
  const rest = source.slice(start + 1);
  return rest.slice(0, rest.search(end));
}

function found(body: string, member: RegExp): string[] {
  return [...new Set([...body.matchAll(member)].map(([, name]) => snake(name as string)))];
}

/** Expect that what one core has, the other has too, in whatever form, or that the table lists it. */
function compare(
  python: readonly string[],
  typescript: readonly string[],
  more: { readonly python?: readonly string[]; readonly typescript?: readonly string[] } = {},
): void {
  const [ofPython, ofTypeScript] = listed();
  const inPython = new Set([...python, ...(more.python ?? []), ...ofTypeScript]);
  const inTypeScript = new Set([...typescript, ...(more.typescript ?? []), ...ofPython]);
  expect(python.filter((name) => !inTypeScript.has(name))).toEqual([]);
  expect(typescript.filter((name) => !inPython.has(name))).toEqual([]);
}

test.each(["protocol", "engine"])("the modules of %s", (layer) => {
  const python = modules(`src/gradlink/_${layer}`, ".py").map((name) => `${layer}/${name}`);
  const typescript = modules(`js/src/${layer}`, ".ts").map((name) => `${layer}/${name}`);
  expect(python.filter((name) => typescript.includes(name)).length).toBeGreaterThan(3);
  compare(python, typescript);
});

describe.each(Object.entries(CLASSES))("%s", (name, module) => {
  const python = classOf(textOf(`src/gradlink/_${module}.py`), name, /^(?:class|def|@|[A-Za-z_]\w* ?[:=])/m);
  const typescript = classOf(textOf(`js/src/${module}.ts`), name, /^}/m);
  const qualified = (names: string[]) =>
    names.filter((one) => one !== "constructor").map((one) => `${name}.${one}`);
  const ofPython = qualified(found(python, /^ {4}def ([a-z]\w*)\(/gm));
  const ofTypeScript = qualified(found(typescript, /^ {2}(?:get )?([a-z]\w*)(?:<\w+>)?\(/gm));
  const fields = {
    python: qualified(found(python, /\bself\.([a-z]\w*)\b[^=\n]* = /g)),
    typescript: qualified(found(typescript, /^ {2}(?:readonly )?([a-z]\w*)[:;?]? /gm)),
  };
  test("there is something to compare", () => {
    expect(ofPython.filter((member) => ofTypeScript.includes(member)).length).toBeGreaterThan(1);
  });
  test("its members", () => {
    compare(ofPython, ofTypeScript, fields);
  });
});

test("the table lists nothing that is in both, or in none", () => {
  const [ofPython, ofTypeScript] = listed();
  const all = (root: string, ending: string) =>
    ["protocol", "engine"].flatMap((layer) =>
      modules(root.replace("LAYER", layer), ending).map((name) => `${layer}/${name}`),
    );
  const python = new Set(all("src/gradlink/_LAYER", ".py"));
  const typescript = new Set(all("js/src/LAYER", ".ts"));
  const isModule = (name: string) => name.includes("/");
  expect(
    [...ofPython].filter((name) => isModule(name) && (!python.has(name) || typescript.has(name))),
  ).toEqual([]);
  expect(
    [...ofTypeScript].filter((name) => isModule(name) && (!typescript.has(name) || python.has(name))),
  ).toEqual([]);
});
