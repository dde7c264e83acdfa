// A folder in which the packed package is installed as a user would have it, and the suite beside it.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const js: string = fileURLToPath(new URL("../..", import.meta.url));
const STAGE: string = fileURLToPath(new URL("../../../.cache/js-runtimes/", import.meta.url));

/** Make the folder; return its path, which ends with a slash. `subject` is another package to play instead. */
export async function makeStage(subject: string | undefined): Promise<string> {
  rmSync(STAGE, { recursive: true, force: true });
  const installed = `${STAGE}node_modules/gradlink`;
  mkdirSync(installed, { recursive: true });
  if (subject) {
    cpSync(`${js}node_modules/${subject}`, installed, { recursive: true });
    cpSync(`${js}node_modules/fetch-event-stream`, `${STAGE}node_modules/fetch-event-stream`, {
      recursive: true,
    });
    withoutTesting(installed);
  } else {
    unpack(installed);
  }
  writeFileSync(`${STAGE}package.json`, JSON.stringify({ type: "module", private: true }));
  const options: BuildOptions = {
    absWorkingDir: js,
    bundle: true,
    platform: "neutral",
    external: ["gradlink"],
    target: "es2022",
    logLevel: "warning",
  };
  await build({
    ...options,
    entryPoints: Object.fromEntries(
      ["suite", "local", "worker"].map((name) => [name, `tests/runtimes/${name}.ts`]),
    ),
    outdir: STAGE,
    format: "esm",
  });
  // A classic script has no modules: there the suite is a global name.
  await build({
    ...options,
    entryPoints: ["tests/runtimes/suite.ts"],
    outfile: `${STAGE}suite.classic.js`,
    format: "iife",
    globalName: "suite",
  });
  return STAGE;
}

/** Bundle a program and the package for Workers, with the conditions that their bundler sets. */
export async function bundleWorker(stage: string, program = "worker.js"): Promise<void> {
  await build({
    absWorkingDir: stage,
    entryPoints: [program],
    outfile: `${stage}worker.bundle.js`,
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker", "browser", "import"],
    target: "es2022",
    logLevel: "warning",
  });
}

/** Return where the browser entry of the installed package is, as a path below the stage. */
export function browserEntry(stage: string): string {
  const folder = "node_modules/gradlink/";
  const manifest = JSON.parse(readFileSync(`${stage}${folder}package.json`, "utf8"));
  const condition = manifest.exports["."].browser;
  return folder + String(condition.default ?? condition).replace("./", "");
}

/** Return where the scripted app is, likewise. */
export function testingEntry(stage: string): string {
  const folder = "node_modules/gradlink/";
  const manifest = JSON.parse(readFileSync(`${stage}${folder}package.json`, "utf8"));
  return folder + String(manifest.exports["./testing"].default).replace("./", "");
}

/** The suite imports `gradlink/testing`; give a package that has none an empty one, with which that scenario fails. */
function withoutTesting(folder: string): void {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  manifest.exports["./testing"] = { default: "./no-testing.js" };
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
  writeFileSync(`${folder}/no-testing.js`, "export {};\n");
}

/** Pack the package as it would be published, and unpack it into `folder`. */
function unpack(folder: string): void {
  const listed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", STAGE], {
    cwd: js,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const packed = JSON.parse(listed);
  const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed);
  execFileSync("tar", ["-xzf", `${STAGE}${filename}`, "--strip-components=1", "-C", folder]);
}
