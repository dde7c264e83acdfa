// Every block of TypeScript, JavaScript and HTML in the documentation compiles, runs as it stands against the demo app, and
// prints what its page says.

import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LocalHub } from "../hub/local.ts";
import { expectSuccess, installed, type Project, ROOT, run, runTool } from "../package/commands.ts";
import { binary } from "../runtimes/chromium.ts";
import { type Server, server, top } from "../server/servers.ts";
import { printedByPage } from "./browser.ts";
import { blocksOf, countOfFences, isPrinted, MARK, programOf, URL_OF_PAGES } from "./pages.ts";

// A page takes seconds, on a busy machine many.
vi.setConfig({ testTimeout: 180_000 });

// As in the suite of the runtimes: to go without Chromium has to be asked for.
const isLeftOut = (process.env["GRADLINK_SKIP_RUNTIMES"] ?? "").split(",").includes("page");

const PAGES: readonly string[] = [
  "README.md",
  "js/README.md",
  ...readdirSync(`${top}docs`, { recursive: true, encoding: "utf8" })
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    // What typedoc writes is no guide.
    .filter((name) => name.endsWith(".md") && !name.startsWith("docs/reference/typescript/"))
    .sort(),
];
const TEXTS = new Map(PAGES.map((page) => [page, readFileSync(top + page, "utf8")]));
const blocksIn = (page: string) => blocksOf(TEXTS.get(page) ?? "");
const WITH_PROGRAMS = PAGES.filter((page) => blocksIn(page).some(({ kind }) => kind === "program"));
const HTML = PAGES.flatMap((page) =>
  blocksIn(page)
    .filter(({ kind, whyNot }) => kind === "html" && whyNot === null)
    .map((block) => ({ page, block })),
);

const STRICT = {
  noEmit: true,
  target: "ES2022",
  module: "nodenext",
  moduleResolution: "nodenext",
  lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};
/** The command of a page that writes a module which its program imports. */
const GENERATE = /^gradlink (generate --lang ts \S+ -o (\S+\.ts))$/gm;
const PYTHON = process.env["GRADLINK_PYTHON"] ?? `${top}.venv/bin/python`;

let project: Project;
let demo: Server;
/** Where the demo app is, without a slash at the end, as pages write it. */
let url: string;
let hub: LocalHub;

beforeAll(async () => {
  [project, demo, hub] = await Promise.all([installed(), server("demo"), LocalHub.start()]);
  url = demo.url.replace(/\/$/, "");
  const types = join(project.folder, "node_modules/@types");
  mkdirSync(types, { recursive: true });
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(types, "node"));
  symlinkSync(join(ROOT, "node_modules/undici-types"), join(project.folder, "node_modules/undici-types"));
  writeFileSync(join(project.folder, "package.json"), JSON.stringify({ type: "module" }));
  // The account and the Space that pages name.
  await hub.addAccount("you", "hf_...");
  await hub.addSpace("user/space", url);
});
afterAll(async () => {
  await hub?.stop();
  project?.remove();
});

/** Make a folder with what the reader of a page has, and its program; return the program's path without its suffix. */
async function written(page: string): Promise<string> {
  const folder = join(project.folder, page.replace(/\W+/g, "-"));
  mkdirSync(folder);
  writeFileSync(join(folder, "letter.txt"), "Dear reader,\n\nthe sea is calm.\n");
  const here = (text: string): string => text.replaceAll(URL_OF_PAGES, url);
  for (const [, command, module] of (TEXTS.get(page) ?? "").matchAll(GENERATE)) {
    await expectSuccess(run(PYTHON, ["-m", "gradlink", ...here(String(command)).split(" ")], folder));
    await strip(join(folder, String(module)), join(folder, String(module).replace(/\.ts$/, ".js")));
  }
  const program = join(folder, basename(page, ".md"));
  const blocks = blocksIn(page).filter(({ kind, whyNot }) => kind === "program" && whyNot === null);
  writeFileSync(`${program}.ts`, here(programOf(blocks)));
  const config = { compilerOptions: STRICT, files: [`${program}.ts`] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  return program;
}

async function strip(from: string, to: string): Promise<void> {
  const options = { loader: "ts", target: "es2022", sourcemap: "inline", sourcefile: from } as const;
  writeFileSync(to, (await transform(readFileSync(from, "utf8"), options)).code);
}

/** Run a program to its end; return what it printed. */
function printedBy(program: string, cwd: string): Promise<string> {
  const env = { ...process.env, HF_ENDPOINT: hub.url, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };
  return new Promise((resolve, reject) => {
    const options = { cwd, env, timeout: 120_000 };
    execFile(process.execPath, ["--enable-source-maps", program], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`ended with ${error.code ?? error.signal}:\n${stdout}${stderr}`));
    });
  });
}

describe.each(WITH_PROGRAMS)("%s", (page) => {
  test("its blocks run one after the other, and print what it says", async () => {
    const program = await written(page);
    const folder = join(program, "..");
    expect((await runTool("typescript/bin/tsc", ["-p", folder, "--pretty", "false"])).output).toBe("");
    await strip(`${program}.ts`, `${program}.js`);
    const ran = blocksIn(page).filter(({ kind, whyNot }) => kind === "program" && whyNot === null);
    const printed = (await printedBy(`${program}.js`, folder))
      .replaceAll(url, URL_OF_PAGES)
      .split(`${MARK}\n`);
    expect(printed).toHaveLength(ran.length + 1);
    expect(printed.at(-1)).toBe("");
    for (const [place, { line, prints }] of ran.entries()) {
      const got = printed[place] ?? "";
      if (prints !== null && !isPrinted(prints, got))
        expect(got, `what the block at ${page}:${line} prints`).toBe(prints);
    }
  });
});

describe.skipIf(isLeftOut)("in a page", () => {
  test.each(HTML.map(({ page, block }) => [`${page}:${block.line}`, block] as const))(
    "%s prints what it says",
    async (_, { code, prints }) => {
      if (binary === null) throw new Error("needs Chromium, found none: see tests/runtimes/chromium.ts");
      expect(prints, "its output, right below it").not.toBeNull();
      const wanted = (got: string): boolean => isPrinted(String(prints), got);
      const dist = join(project.folder, "node_modules/gradlink/dist");
      const got = await printedByPage(code.replaceAll(URL_OF_PAGES, url), dist, wanted);
      if (!wanted(got)) expect(got).toBe(prints);
    },
  );
});

test.each(PAGES.filter((page) => countOfFences(TEXTS.get(page) ?? "") > 0))(
  "every block of %s is found",
  (page) => {
    expect(blocksIn(page)).toHaveLength(countOfFences(TEXTS.get(page) ?? ""));
  },
);

test("there are pages with programs", () => {
  expect(WITH_PROGRAMS).toEqual(
    expect.arrayContaining(["README.md", "docs/javascript.md", "docs/spaces.md", "js/README.md"]),
  );
});
