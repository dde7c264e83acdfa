// Vite, webpack, esbuild and Rollup build the entry for browsers, without a warning and without Node's modules.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import webpack from "webpack";
import { expectSuccess, installed, type Project, run } from "./commands.ts";

// What a user's page does: it keeps only what it uses.
const PROGRAM = `import { Client, handle_file } from "gradlink";
console.log(typeof Client.connect, typeof handle_file);
`;

let project: Project;

beforeAll(async () => {
  project = await installed();
  writeFileSync(join(project.folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(project.folder, "program.js"), PROGRAM);
  writeFileSync(join(project.folder, "index.html"), '<script type="module" src="/program.js"></script>');
});
afterAll(() => project?.remove());

/** See that nothing in a folder of bundles is of Node, and that the one that a page loads works. */
async function check(folder: string, entry: RegExp): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  for (const file of files) {
    const code = readFileSync(join(folder, file), "utf8");
    expect(code, file).not.toMatch(/["'`]node:|require\(\s*["']fs|from\s*["']fs|__vite-browser-external/);
  }
  const [main, ...more] = files.filter((file) => entry.test(file));
  expect(more).toEqual([]);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const output = await expectSuccess(run(process.execPath, [join(folder, main ?? "nothing was built")]));
  expect(output.trim()).toBe("function function");
}

test("esbuild", async () => {
  const outdir = join(project.folder, "esbuild");
  const result = await esbuild.build({
    absWorkingDir: project.folder,
    entryPoints: ["program.js"],
    bundle: true,
    splitting: true,
    platform: "browser",
    format: "esm",
    outdir,
    logLevel: "silent",
  });
  expect([...result.errors, ...result.warnings]).toEqual([]);
  await check(outdir, /^program/);
});

test("Rollup", async () => {
  const warnings: string[] = [];
  const folder = join(project.folder, "node_modules/gradlink");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const bundle = await rollup({
    input: join(project.folder, "program.js"),
    onwarn: (warning) => warnings.push(warning.message),
    // Rollup itself resolves no packages: this is what its plugin for it does with the condition "browser".
    plugins: [
      {
        name: "resolve",
        resolveId: (source) =>
          source === "gradlink" ? join(folder, manifest.exports["."].browser.default) : null,
      },
    ],
  });
  const dir = join(project.folder, "rollup");
  await bundle.write({ format: "es", dir });
  expect(warnings).toEqual([]);
  await check(dir, /^program/);
});

test("Vite", async () => {
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
  };
  const silent = { info: () => {}, clearScreen: () => {}, hasErrorLogged: () => false, hasWarned: false };
  await vite({
    root: project.folder,
    configFile: false,
    customLogger: { ...silent, warn, warnOnce: warn, error: warn },
    // On a busy machine it would say how slow its plugins were.
    build: { outDir: "vite", modulePreload: false, rolldownOptions: { checks: { bundlerTimings: false } } },
  });
  expect(warnings).toEqual([]);
  await check(join(project.folder, "vite"), /index-/);
});

test("webpack", async () => {
  const folder = join(project.folder, "webpack");
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    const options: webpack.Configuration = {
      mode: "production",
      target: ["web", "es2022"],
      context: project.folder,
      entry: "./program.js",
      experiments: { outputModule: true },
      output: { path: folder, filename: "main.js", module: true, chunkFormat: "module" },
    };
    webpack(options, (error, result) => (error ? reject(error) : resolve(result ?? undefined)));
  });
  const { errors, warnings } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
  expect(errors).toEqual([]);
  expect(warnings).toEqual([]);
  await check(folder, /^main/);
});
