// What the tests of the package run, and the package as it would be installed.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));
const MODULES = join(ROOT, "node_modules");

/** How a program ended, and what it printed. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Run a program to its end, with variables in addition to those of this process. */
export function run(
  program: string,
  parameters: readonly string[],
  cwd: string = ROOT,
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile(program, parameters, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** Run a script of an installed package with this Node. */
export function runTool(
  script: string,
  parameters: readonly string[],
  cwd: string = ROOT,
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return run(process.execPath, [join(MODULES, script), ...parameters], cwd, environment);
}

/** The package, packed and installed in a project of its own. */
export interface Project {
  /** The packed file. */
  readonly tarball: string;
  /** A folder with node_modules/gradlink. */
  readonly folder: string;
  remove(): void;
}

/** Pack dist/, which has to be built, and install it into a new project in a folder `cache`. */
export async function installed(cache: string = join(ROOT, "../.cache/js-package")): Promise<Project> {
  if (!existsSync(join(ROOT, "dist"))) throw new Error("dist/ is missing: npm run build");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "project-"));
  await expectSuccess(run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder]));
  const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack wrote nothing");
  const target = join(folder, "node_modules/gradlink");
  mkdirSync(target, { recursive: true });
  const tarball = join(folder, name);
  await expectSuccess(run("tar", ["-xzf", tarball, "--strip-components=1", "-C", target]));
  return { tarball, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Return what a program printed; throw unless it succeeded. */
export async function expectSuccess(running: Promise<Outcome>): Promise<string> {
  const { code, output } = await running;
  if (code !== 0) throw new Error(`ended with ${code}:\n${output}`);
  return output;
}
