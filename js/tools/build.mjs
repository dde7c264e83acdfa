// Builds dist/: one ES module and its declarations for each source, and all of them in one file, in two kinds.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const { name, version, license } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
// The compiler rewrites the imports of the modules, but not those of their declarations.
for (const file of readdirSync(`${root}dist`, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".d.ts")) continue;
  const text = readFileSync(`${root}dist/${file}`, "utf8");
  const imported = /((?:from |import\()"\.[^"]*)\.ts"/g;
  writeFileSync(`${root}dist/${file}`, text.replace(imported, '$1.js"'));
  // For programs of CommonJS whose loader is not Node's; see below.
  writeFileSync(`${root}dist/${file.replace(/\.ts$/, ".cts")}`, text.replace(imported, '$1.cjs"'));
}
/** @type {import("esbuild").BuildOptions} */
const inOneFile = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // What is loaded by import() must be inside: service workers forbid it.
  splitting: false,
  platform: "browser",
  target: ["es2022"],
  banner: { js: `/*! ${name} ${version} | ${license} */` },
  // What is not in a browser must not get in: esbuild fails on a Node built-in here.
  logLevel: "warning",
};
await build({ ...inOneFile, entryPoints: ["src/cdn.ts"], format: "iife", outfile: "dist/gradlink.min.js" });
await build({ ...inOneFile, entryPoints: ["src/index.ts"], format: "esm", outfile: "dist/gradlink.min.mjs" });
// For loaders of CommonJS that cannot load an ES module, such as Jest's. Node itself takes the modules for require(), too,
// so that there is one copy of everything: package.json names them under "module-sync".
const commonJs = {
  ...inOneFile,
  format: /** @type {const} */ ("cjs"),
  supported: { "dynamic-import": false },
};
await build({ ...commonJs, entryPoints: ["src/index.ts"], outfile: "dist/gradlink.browser.cjs" });
await build({
  ...commonJs,
  platform: "node",
  entryPoints: ["src/index.node.ts"],
  outfile: "dist/gradlink.node.cjs",
});
await build({ ...commonJs, entryPoints: ["src/testing.ts"], outfile: "dist/gradlink.testing.cjs" });
// A script tag has no use for the declarations of a file that exports nothing.
for (const file of ["cdn.js", "cdn.d.ts", "cdn.d.cts"]) rmSync(`${root}dist/${file}`, { force: true });
