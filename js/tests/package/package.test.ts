// The package as it would be published.

import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measure, partsTable, table } from "../../tools/size.mjs";
import { expectSuccess, installed, type Project, run, runTool } from "./commands.ts";

let project: Project;

beforeAll(async () => {
  project = await installed();
});
afterAll(() => project?.remove());

function packedFiles(): string[] {
  const folder = join(project.folder, "node_modules/gradlink");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}

test("it holds what is built, and nothing else", () => {
  const files = packedFiles();
  expect(files.filter((name) => !name.startsWith("dist/"))).toEqual(["LICENSE", "README.md", "package.json"]);
  expect(files).toContain("dist/gradlink.min.js");
  expect(files.filter((name) => name.endsWith(".mjs"))).toEqual(["dist/gradlink.min.mjs"]);
  const kinds = new Set(
    files
      .filter((name) => name.startsWith("dist/"))
      .map((name) => name.replace(/^.*?(\.d\.c?ts|\.[cm]?js)$/, "$1")),
  );
  expect([...kinds].sort()).toEqual([".cjs", ".d.cts", ".d.ts", ".js", ".mjs"]);
  expect(files.filter((name) => name.endsWith(".cjs"))).toEqual([
    "dist/gradlink.browser.cjs",
    "dist/gradlink.node.cjs",
    "dist/gradlink.testing.cjs",
  ]);
});

describe("the module in one file", () => {
  const dist = (name: string): string => join(project.folder, "node_modules/gradlink/dist", name);

  test("exports what the modules for browsers export", async () => {
    const names = async (name: string): Promise<string[]> =>
      Object.keys(await import(/* @vite-ignore */ pathToFileURL(dist(name)).href));
    const exported = await names("gradlink.min.mjs");
    expect(exported).toEqual(await names("index.js"));
    expect(exported).toContain("Client");
    expect(exported).toContain("handle_file");
  });

  test("loads nothing: no other file, nothing by import(), nothing of Node", async () => {
    const { metafile } = await build({
      entryPoints: [dist("gradlink.min.mjs")],
      bundle: true,
      packages: "external",
      format: "esm",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    expect(Object.values(metafile.inputs).map(({ imports }) => imports)).toEqual([[]]);
    // What esbuild sees no address in is import(), too.
    expect(readFileSync(dist("gradlink.min.mjs"), "utf8")).not.toMatch(
      /\bimport\s*\(|\brequire\s*\(|["'`]node:/,
    );
  });

  test("is what gradlink/bundle leads to", async () => {
    const code = `import { Client } from "gradlink/bundle"; console.log(typeof Client.connect);
      console.log(import.meta.resolve("gradlink/bundle"))`;
    const output = await expectSuccess(
      run(process.execPath, ["--input-type=module", "-e", code], project.folder),
    );
    const file = realpathSync(dist("gradlink.min.mjs"));
    expect(output.trim().split("\n")).toEqual(["function", pathToFileURL(file).href]);
  });
});

test("it needs no other package", () => {
  const manifest = JSON.parse(
    readFileSync(join(project.folder, "node_modules/gradlink/package.json"), "utf8"),
  );
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.peerDependencies ?? {}).toEqual({});
  expect(manifest.optionalDependencies ?? {}).toEqual({});
});

test("Are the types wrong? No.", async () => {
  const { code, output } = await runTool("@arethetypeswrong/cli/dist/index.js", [
    project.tarball,
    "--profile",
    "esm-only",
    "--no-emoji",
  ]);
  expect(output).toContain("OK (ESM)");
  expect(code, output).toBe(0);
}, 120_000);

test("publint finds nothing", async () => {
  const { code, output } = await runTool("publint/src/cli.js", ["run", project.tarball, "--strict"]);
  expect(output).toContain("All good!");
  expect(code).toBe(0);
});

describe("a program without a bundler", () => {
  test("imports it", async () => {
    const code =
      'import { Client, handle_file } from "gradlink"; console.log(typeof Client.connect, typeof handle_file)';
    const output = await expectSuccess(
      run(process.execPath, ["--input-type=module", "-e", code], project.folder),
    );
    expect(output.trim()).toBe("function function");
  });

  test("requires it", async () => {
    const code =
      'const { Client, handle_file } = require("gradlink"); console.log(typeof Client.connect, typeof handle_file)';
    const output = await expectSuccess(
      run(process.execPath, ["--no-warnings", "--input-type=commonjs", "-e", code], project.folder),
    );
    expect(output.trim()).toBe("function function");
  });

  test("gets one copy, however it asks", async () => {
    const code = `import { createRequire } from "node:module"; import * as one from "gradlink";
      console.log(createRequire(import.meta.url)("gradlink").Client === one.Client)`;
    const evaluate = ["--no-warnings", "--input-type=module", "-e", code];
    expect((await expectSuccess(run(process.execPath, evaluate, project.folder))).trim()).toBe("true");
  });

  test("gets the files of the machine in Node, and a refusal elsewhere", async () => {
    const code = `import { handle_file } from "gradlink";
      const file = handle_file("./package.json"); console.log(typeof file)`;
    const evaluate = ["--input-type=module", "-e", code];
    expect((await expectSuccess(run(process.execPath, evaluate, project.folder))).trim()).toBe("object");
    const { code: status, output } = await run(
      process.execPath,
      ["--conditions=browser", ...evaluate],
      project.folder,
    );
    expect(status).not.toBe(0);
    expect(output).toMatch(/\.\/package\.json|path/);
  });
});

test("its size is reported beside that of the existing client, and what it is made of", async () => {
  const measured = await measure();
  const { program, everything, rival } = measured;
  // Would a bundle hold nothing, it would be smaller still.
  for (const size of [program, rival.program]) expect(size.gzip).toBeGreaterThan(3000);
  expect(everything.gzip).toBeGreaterThan(program.gzip);
  const sizes = table(measured);
  expect(sizes).toContain(`| such a program: gradlink | ${program.minified} | ${program.gzip} |`);
  expect(sizes).toContain(`| everything: @gradio/client | ${rival.everything.minified} |`);
  const parts = partsTable(measured);
  for (const folder of ["client/", "protocol/", "hub/"]) expect(parts).toContain(`| **${folder}** |`);
  expect(program.parts.has("hub/hub")).toBe(false);
});
