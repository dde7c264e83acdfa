// Plays the suite in every runtime and prints a table: `npm run runtimes -- [NAME…] [--skip NAME,…] [--write]`.
//
// A runtime that is missing is a failure, unless it was named in --skip or GRADLINK_SKIP_RUNTIMES.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch, type Server, server } from "../server/servers.ts";
import { CHROMIUM_RUNTIMES, FOREIGN_HOST, pages } from "./chromium.ts";
import { serveControl } from "./control.ts";
import { LOCAL_RUNTIMES } from "./local-runtimes.ts";
import { ADDRESS_KEPT, NOTHING_STORED, PROCESS_ENDS, type Runtime, type Setting } from "./runtime.ts";
import { makeStage } from "./stage.ts";
import { type Result, SCENARIOS } from "./suite.ts";
import { WORKERD } from "./workerd.ts";

const RUNTIMES: readonly Runtime[] = [...LOCAL_RUNTIMES, WORKERD, ...CHROMIUM_RUNTIMES];
const PAGE: string = fileURLToPath(new URL("../../../docs/javascript.md", import.meta.url));
const [BEGIN, END] = ["<!-- runtimes -->", "<!-- /runtimes -->"];

interface Column {
  readonly name: string;
  readonly cells: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

async function playIn(runtime: Runtime, setting: Setting, scenarios: readonly string[]): Promise<Column> {
  const cells = new Map<string, string>();
  const notes: string[] = [];
  const names = scenarios.filter((name) => !(name in runtime.cannot));
  let results: Result[];
  try {
    results = await runtime.play(setting, names);
  } catch (error) {
    results = names.map((scenario) => ({ scenario, passed: false, detail: String(error) }));
  }
  for (const name of scenarios) {
    const reason = runtime.cannot[name];
    const result = results.find(({ scenario }) => scenario === name);
    cells.set(name, reason !== undefined ? "–" : result?.passed ? "yes" : "FAILS");
    if (reason === undefined && !result?.passed) {
      notes.push(`${runtime.name}, ${name}: ${result?.detail ?? "was not played"}`);
    }
  }
  return { name: runtime.name, cells, notes };
}

function table(columns: readonly Column[], scenarios: readonly string[]): string {
  const rows = [
    ["", ...columns.map(({ name }) => name)],
    ["---", ...columns.map(() => "---")],
    ...scenarios.map((scenario) => [scenario, ...columns.map(({ cells }) => cells.get(scenario) ?? "")]),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function reasons(runtimes: readonly Runtime[]): string {
  const seen = new Map<string, string[]>();
  for (const { name, cannot } of runtimes) {
    for (const [scenario, reason] of Object.entries(cannot)) {
      const key = `${scenario}: ${reason}`;
      seen.set(key, [...(seen.get(key) ?? []), name]);
    }
  }
  return [...seen].map(([reason, names]) => `–: ${reason} (${names.join(", ")}).`).join("\n");
}

function write(text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${PAGE} has no place for the table`);
  writeFileSync(PAGE, `${page.slice(0, start)}${BEGIN}\n${text}\n${page.slice(end)}`);
}

async function settingOf(
  start: (variant: string) => Promise<Server>,
  stage: string,
  control: string,
): Promise<Setting> {
  const [base, auth, tls] = [await start("base"), await start("auth"), await start("tls")];
  const foreign = new URL(base.url);
  foreign.hostname = FOREIGN_HOST;
  return {
    place: {
      servers: { base: base.url, auth: auth.url, tls: tls.url, foreign: foreign.href },
      control: `${control}/control`,
      credentials: null,
    },
    stage,
    caFile: tls.caFile,
    origin: control,
  };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      skip: { type: "string", default: process.env["GRADLINK_SKIP_RUNTIMES"] ?? "" },
      only: { type: "string", default: "" },
      write: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const skipped = values.skip.split(",").filter(Boolean);
  const unknown = [...skipped, ...positionals].filter(
    (name) => !RUNTIMES.some((known) => known.name === name),
  );
  if (unknown.length > 0)
    throw new Error(`no such runtime: ${unknown}; there are: ${RUNTIMES.map((r) => r.name)}`);
  const wanted = RUNTIMES.filter(
    ({ name }) => !skipped.includes(name) && (positionals.length === 0 || positionals.includes(name)),
  );
  const all = [...SCENARIOS.map(({ name }) => name), PROCESS_ENDS, NOTHING_STORED, ADDRESS_KEPT];
  const scenarios = all.filter((name) => !values.only || values.only.split(",").includes(name));
  const stage = await makeStage(process.env["GRADLINK_SUBJECT"]);
  const launcher = await launch();
  const start = (variant: string): Promise<Server> => server(variant, launcher.url);
  const control = await serveControl(start, stage, pages(stage));
  const columns: Column[] = [];
  try {
    const setting = await settingOf(start, stage, control.origin);
    for (const runtime of wanted) {
      const began = performance.now();
      columns.push(
        runtime.missing === null
          ? await playIn(runtime, setting, scenarios)
          : {
              name: runtime.name,
              cells: new Map(scenarios.map((name) => [name, "MISSING"])),
              notes: [runtime.missing],
            },
      );
      console.log(`${runtime.name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
  } finally {
    await control.stop();
    await launcher.stop();
  }
  return report(columns, wanted, scenarios, skipped, values.write);
}

function report(
  columns: readonly Column[],
  wanted: readonly Runtime[],
  scenarios: readonly string[],
  skipped: readonly string[],
  writing: boolean,
): number {
  const text = `${table(columns, scenarios)}\n\n${reasons(wanted)}\n`;
  console.log(`\n${text}`);
  if (skipped.length > 0) console.log(`skipped, as asked: ${skipped.join(", ")}`);
  for (const note of columns.flatMap(({ notes }) => notes)) console.log(note);
  const cells = columns.flatMap((column) => [...column.cells.values()]);
  const passed = cells.filter((cell) => cell === "yes").length;
  const impossible = cells.filter((cell) => cell === "–").length;
  const failed = cells.length - passed - impossible;
  if (writing) write(text);
  console.log(`runtimes: ${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = await main();
