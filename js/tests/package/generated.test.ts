// What `gradlink generate --lang ts` writes compiles against the package, tells right calls from wrong ones, and runs.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Server, server } from "../server/servers.ts";
import { expectSuccess, installed, type Project, ROOT, run, runTool } from "./commands.ts";

vi.setConfig({ testTimeout: 180_000 });

const USE = `
import { connect } from "./app.js";

const app = await connect();
const sum: number | undefined = (await app.predict("/add", { a: 1 })).data[0];
const difference = (await app.predict("/add", [3, 2, "sub"])).data[0];
const words: string[] = [];
for await (const event of app.submit("/count", { text: "w", steps: 2 })) {
  if (event.type === "data") words.push(event.data[0]);
}
const file = (await app.predict("/file_upper", { file: new Blob(["hello"]) })).data[0];
console.log(JSON.stringify([sum, difference, words, await app.read(file).text()]));
await app.close();
`;
const WRONG: Readonly<Record<string, string>> = {
  "an argument is missing": 'app.predict("/add");',
  "an argument has another type": 'app.predict("/add", { a: "1" });',
  "an argument is none of the choices": 'app.predict("/add", { a: 1, op: "mul" });',
  "an argument is unknown": 'app.predict("/add", { a: 1, c: 2 });',
  "an endpoint is unknown": 'app.predict("/nothing", {});',
  "a value has another type": 'const text: string = (await app.predict("/add", { a: 1 })).data[0];',
};

let project: Project;
let base: Server;

beforeAll(async () => {
  [project, base] = await Promise.all([installed(), server()]);
  const python = process.env["GRADLINK_PYTHON"] ?? join(ROOT, "../.venv/bin/python");
  const target = join(project.folder, "app.ts");
  await expectSuccess(run(python, ["-m", "gradlink", "generate", "--lang", "ts", base.url, "-o", target]));
  writeFileSync(join(project.folder, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(() => project?.remove());

/** Compile a program that uses the module; return what the compiler says. */
async function compile(name: string, program: string, compiler = "typescript/bin/tsc"): Promise<string> {
  writeFileSync(join(project.folder, `${name}.ts`), program);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    target: "ES2022",
    module: "nodenext",
    moduleResolution: "nodenext",
    lib: ["ES2022", "DOM"],
    types: [],
  };
  const config = join(project.folder, `tsconfig.${name}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  return (await runTool(compiler, ["-p", config, "--pretty", "false"], project.folder)).output;
}

test.each(["typescript/bin/tsc", "typescript-5/bin/tsc"])("right calls compile with %s", async (compiler) => {
  expect(await compile("right", USE, compiler)).toBe("");
});

test.each(Object.entries(WRONG))("it does not compile if %s", async (what, call) => {
  const program = `import { connect } from "./app.js";\nconst app = await connect();\n${call}\n`;
  expect(await compile(what.replaceAll(" ", "-"), program)).toMatch(/\(3,\d+\): error TS/);
});

test("right calls do what they say", async () => {
  for (const [from, to] of [
    ["app.ts", "app.js"],
    ["right.ts", "use.mjs"],
  ] as const) {
    const source = from === "right.ts" ? USE : readFileSync(join(project.folder, from), "utf8");
    const { code } = await transform(source, { loader: "ts", target: "es2022" });
    writeFileSync(join(project.folder, to), code);
  }
  const output = await expectSuccess(run(process.execPath, [join(project.folder, "use.mjs")]));
  expect(JSON.parse(output)).toEqual([11, 1, ["w0 ", "w0 w1 "], "HELLO"]);
});
