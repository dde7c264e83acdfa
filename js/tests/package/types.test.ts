// A user's project compiles, however strict it is, and whatever it resolves modules with.

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { installed, type Project, ROOT, runTool } from "./commands.ts";

const COMPILERS = { "TypeScript 7": "typescript/bin/tsc", "TypeScript 5.9": "typescript-5/bin/tsc" };
const RESOLUTIONS = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};
const WORLDS = {
  bare: { lib: ["ES2022"], types: [] },
  DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [] },
  "newest DOM": { lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"], types: [] },
  "web worker": { lib: ["ES2022", "WebWorker"], types: [] },
  "Node types": { lib: ["ES2022"], types: ["node"] },
  "Node types and DOM": { lib: ["ES2023", "DOM", "DOM.Iterable"], types: ["node"] },
};
const CONDITIONS = { usual: [], browser: ["browser"], node: ["node"] };

const STRICT = {
  noEmit: true,
  target: "ES2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
};

// The older compiler takes long on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let project: Project;

beforeAll(async () => {
  project = await installed();
  const types = join(project.folder, "node_modules/@types");
  mkdirSync(types, { recursive: true });
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(types, "node"));
  symlinkSync(join(ROOT, "node_modules/undici-types"), join(project.folder, "node_modules/undici-types"));
  symlinkSync(join(ROOT, "node_modules/@gradio"), join(project.folder, "node_modules/@gradio"));
  writeFileSync(join(project.folder, "package.json"), JSON.stringify({ type: "module" }));
  cpSync(join(ROOT, "tests/types/consumers"), project.folder, { recursive: true });
});
afterAll(() => project?.remove());

async function compile(name: string, compiler: string, options: object, files: string[]): Promise<string> {
  const file = join(project.folder, `tsconfig.${name.replaceAll(/\W+/g, "-")}.json`);
  writeFileSync(file, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }));
  return (await runTool(compiler, ["-p", file, "--pretty", "false"], project.folder)).output;
}

/** The older compiler takes seconds for each: it plays those that differ most. */
const SHORT: Readonly<Record<string, string>> = { nodenext: "bare", bundler: "Node types and DOM" };

describe.each(Object.entries(COMPILERS))("%s", (compilerName, compiler) => {
  describe.each(Object.entries(RESOLUTIONS))("%s", (resolutionName, resolution) => {
    const isNew = compilerName === "TypeScript 7";
    const worlds = Object.entries(WORLDS).filter(([name]) => isNew || name === SHORT[resolutionName]);
    test.each(worlds)("%s", async (worldName, world) => {
      // What a page or Node adds is used by the files of that name.
      const files = ["everywhere.ts", "exact.ts"];
      if (worldName.includes("DOM")) files.push("page.ts");
      if (worldName.includes("Node")) files.push("node.ts");
      const name = `${compilerName} ${resolutionName} ${worldName}`;
      expect(await compile(name, compiler, { ...resolution, ...world }, files)).toBe("");
    });

    test.each(isNew ? Object.entries(CONDITIONS) : [])(
      "with the conditions of %s",
      async (which, customConditions) => {
        const options = { ...resolution, ...WORLDS.DOM, customConditions };
        const name = `${compilerName} ${resolutionName} condition ${which}`;
        expect(await compile(name, compiler, options, ["everywhere.ts", "exact.ts"])).toBe("");
      },
    );

    if (!isNew && resolutionName !== "bundler") return;
    // Nodenext takes the existing client's types for any, and without skipLibCheck they do not compile.
    if (resolutionName === "bundler") {
      test("files of the existing client's type are files", async () => {
        const options = { ...resolution, ...WORLDS["Node types and DOM"], skipLibCheck: true };
        expect(await compile(`${compilerName} existing`, compiler, options, ["existing.ts"])).toBe("");
      });
    }

    test("a wrong use does not compile", async () => {
      const name = `${compilerName} ${resolutionName} wrong`;
      const output = await compile(name, compiler, { ...resolution, ...WORLDS.DOM }, ["wrong.ts"]);
      const lines = [...output.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => Number(line));
      expect([...new Set(lines)]).toEqual([6, 7, 8, 9]);
    });
  });
});
