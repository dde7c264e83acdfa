// Measures gradlink beside the bare minimum and the existing client: `npm run bench -- [NAME…] [--quick] [--write]`.
//
// Each rival has a process of its own. In each round all of them do the same once, in an order that turns round; a
// ratio is the median of the ratios of the rounds. A ratio above its limit makes it fail. GRADLINK_BENCH_BEFORE=DIST
// measures the built `dist` of another commit beside this one.

import { type ChildProcess, fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ScriptedApp } from "../tests/server/scripted.ts";
import { launch, server } from "../tests/server/servers.ts";
import { RIVALS } from "./rivals.ts";
import type { Cost, Task } from "./worker.ts";

const HERE: string = fileURLToPath(new URL(".", import.meta.url));
const PAGE: string = fileURLToPath(new URL("../../docs/javascript-client.md", import.meta.url));
const [BEGIN, END] = ["<!-- benches -->", "<!-- /benches -->"];

type Costs = Readonly<Record<string, Cost[]>>;

/** A limit that the package promises to keep. */
interface Promise_ {
  readonly what: string;
  readonly ratio: number;
  readonly of: readonly [number, number];
  readonly limit: number;
}

function start(file: string, ...parameters: string[]): ChildProcess {
  const execArgv = ["--import", new URL("../tools/typescript.mjs", import.meta.url).href];
  return fork(HERE + file, parameters, { execArgv });
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  return await new Promise((resolve, reject) => {
    const fail = (code: number | null): void => reject(new Error(`a process ended with ${code}`));
    child.once("exit", fail);
    child.once("message", (message) => {
      child.off("exit", fail);
      resolve(message as T);
    });
  });
}

async function ask(child: ChildProcess, task: Task): Promise<Cost> {
  child.send(task);
  const cost = await answerOf<Cost | { error: string }>(child);
  if ("error" in cost) throw new Error(cost.error);
  return cost;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN];
  return (low + high) / 2;
}

/**
 * Let all do the same, `rounds` times, after `warmUps` for the compiler, which are handed to `onWarmUp`.
 *
 * The garbage collector comes when it comes: one that is called for throws away compiled code, too, and goes on in
 * threads of its own while the next round is measured.
 */
async function compare(
  task: Task,
  rounds: number,
  names: readonly string[],
  warmUps = 5,
  onWarmUp: (name: string, cost: Cost, round: number) => void = () => {},
): Promise<Costs> {
  const children = new Map(names.map((name) => [name, start("worker.ts", name)]));
  const costs: Record<string, Cost[]> = Object.fromEntries(names.map((name) => [name, []]));
  try {
    for (const child of children.values()) await answerOf(child);
    for (let round = -warmUps; round < rounds; round += 1) {
      for (let place = 0; place < names.length; place += 1) {
        const name = names[(place + round + warmUps) % names.length] ?? "";
        const child = children.get(name);
        if (!child) continue;
        const cost = await ask(child, task);
        if (round >= 0) costs[name]?.push(cost);
        else onWarmUp(name, cost, round + warmUps);
      }
    }
  } finally {
    for (const child of children.values()) child.disconnect();
  }
  return costs;
}

function ratioOf(costs: Costs, key: "wallMs" | "cpuMs", name: string, base: string): number {
  const bases = costs[base] ?? [];
  return median((costs[name] ?? []).map((cost, round) => cost[key] / (bases[round]?.[key] ?? Number.NaN)));
}

function rows(costs: Costs, base: string, per: number, wanted: number): string[] {
  return Object.entries(costs).map(([name, all]) => {
    const middle = (key: "wallMs" | "cpuMs"): number => median(all.map((cost) => cost[key])) / per;
    const right = Math.min(...all.map((cost) => cost.right));
    const cells = [
      name,
      number(middle("cpuMs")),
      number(ratioOf(costs, "cpuMs", name, base)),
      number(middle("wallMs")),
      number(ratioOf(costs, "wallMs", name, base)),
      right === wanted ? "all" : `${right} of ${wanted}`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function section(title: string, note: string, base: string, lines: readonly string[]): string {
  const head = `| | CPU ms | vs ${base} | wall ms | vs ${base} | right |\n|---|---:|---:|---:|---:|---:|`;
  return `### ${title}\n\n${note}\n\n${head}\n${lines.join("\n")}\n`;
}

/** Count what a client asks for until it can call. */
async function requestsOfConnect(): Promise<Record<string, number>> {
  const app = await ScriptedApp.start();
  const counts: Record<string, number> = {};
  try {
    for (const [name, connect] of Object.entries(RIVALS)) {
      app.asked.length = 0;
      const rival = await connect(app.url);
      counts[name] = app.asked.length;
      await rival.close();
    }
  } finally {
    await app.stop();
  }
  return counts;
}

/** What one bench adds to the page. */
interface Outcome {
  readonly section: string;
  readonly promises: readonly Promise_[];
}

interface World {
  /** The minimal server. */
  readonly bare: string;
  /** Gradio. */
  readonly real: string;
  readonly quick: boolean;
}

const ALL: readonly string[] = Object.keys(RIVALS);

function promiseOf(
  what: string,
  costs: Costs,
  key: "wallMs" | "cpuMs",
  base: string,
  limit: number,
): Promise_ {
  const middle = (name: string): number => median((costs[name] ?? []).map((cost) => cost[key]));
  return {
    what,
    ratio: ratioOf(costs, key, "gradlink", base),
    of: [middle("gradlink"), middle(base)],
    limit,
  };
}

async function predict({ bare, quick }: World): Promise<Outcome> {
  const [rounds, count] = quick ? [3, 20] : [15, 200];
  const costs = await compare({ what: "predicts", url: bare, count }, rounds, ALL);
  const note = `${count} calls in a row, ${rounds} rounds, per call; the server keeps the stream open, and who writes by hand does, too.`;
  return {
    section: section(
      "A trivial predict, minimal server",
      note,
      "by hand",
      rows(costs, "by hand", count, count),
    ),
    promises: [promiseOf("predict, minimal server, wall", costs, "wallMs", "by hand", 1.15)],
  };
}

async function gradio({ real, quick }: World): Promise<Outcome> {
  const [rounds, count] = quick ? [3, 5] : [15, 40];
  const costs = await compare({ what: "predicts", url: real, count }, rounds, ALL);
  const note = `${count} calls in a row, ${rounds} rounds, per call; Gradio ends the stream when a session has no job.`;
  return {
    section: section("A trivial predict, Gradio", note, "by hand", rows(costs, "by hand", count, count)),
    promises: [promiseOf("predict, Gradio, wall", costs, "wallMs", "by hand", 1.2)],
  };
}

async function stream({ bare, quick }: World): Promise<Outcome> {
  const [rounds, count] = quick ? [3, 2000] : [15, 10_000];
  const first: Record<string, number> = {};
  const costs = await compare({ what: "stream", url: bare, count }, rounds, ALL, 10, (name, cost, round) => {
    if (round === 0) first[name] = cost.cpuMs;
  });
  const cold = ALL.map((name) => `${name} ${number(first[name] ?? Number.NaN)}`).join(", ");
  const note = [
    `In one burst, ${rounds} rounds after 10 that are not counted, for all of it.`,
    `The very first one, in a new process, with the connecting, took ms of CPU: ${cold}.`,
    "The existing client gives the last value twice.",
  ].join(" ");
  return {
    section: section(`A stream of ${count} updates`, note, "by hand", rows(costs, "by hand", 1, count)),
    promises: [promiseOf("stream, CPU, to the existing client", costs, "cpuMs", "@gradio/client", 1 / 3)],
  };
}

async function crowd({ real, quick }: World): Promise<Outcome> {
  const count = quick ? 200 : 1000;
  const costs = await compare({ what: "crowd", url: real, count }, 1, ALL, 0);
  const right = Math.min(...(costs["gradlink"] ?? []).map((cost) => cost.right));
  const note = "All sent at once; gradlink has 40 at the server at a time; for all of them.";
  return {
    section: section(`${count} predicts at once, Gradio`, note, "by hand", rows(costs, "by hand", 1, count)),
    promises: [
      { what: "predicts at once that are wrong", ratio: count - right, of: [right, count], limit: 0 },
    ],
  };
}

async function requests(): Promise<Outcome> {
  const counts = await requestsOfConnect();
  const listed = Object.entries(counts).map(([name, count]) => `| ${name} | ${count} |`);
  const made = counts["gradlink"] ?? Number.NaN;
  return {
    section: `### Requests before the first call\n\n| | requests |\n|---|---:|\n${listed.join("\n")}\n`,
    promises: [{ what: "requests of connect", ratio: made, of: [made, 1], limit: 2 }],
  };
}

const BENCHES: Readonly<Record<string, (world: World) => Promise<Outcome>>> = {
  predict,
  gradio,
  stream,
  crowd,
  requests,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const load = loadavg()[0] ?? 0;
  const bare = start("server.ts");
  const launcher = await launch();
  const outcomes: Outcome[] = [];
  try {
    const real = (await server("base", launcher.url)).url;
    const world: World = { bare: await answerOf<string>(bare), real, quick: values.quick };
    for (const name of names) {
      const run = BENCHES[name];
      if (!run) throw new Error(`there is no bench ${name}, but: ${Object.keys(BENCHES).join(", ")}`);
      outcomes.push(await run(world));
    }
  } finally {
    bare.disconnect();
    await launcher.stop();
  }
  const sections = outcomes.map((outcome) => outcome.section);
  const promises = outcomes.flatMap((outcome) => outcome.promises);
  return report(sections, promises, load, values.write);
}

function report(
  sections: readonly string[],
  promises: readonly Promise_[],
  load: number,
  writing: boolean,
): number {
  const versions = `Node ${process.versions.node}, ${cpus().length} cores that others use as well`;
  const made = `Made by \`make bench-js\` with ${versions}; the machine's load was ${load.toFixed(1)} before the run.`;
  const lines = promises.map(({ what, ratio, of, limit }) => {
    const held = ratio <= limit ? "holds" : "does not hold";
    return `| ${what} | ${number(of[0])} | ${number(of[1])} | ${number(ratio)} | ${number(limit)} | ${held} |`;
  });
  const summary = [
    "| | gradlink | other | ratio | limit | |",
    "|---|---:|---:|---:|---:|---|",
    ...lines,
  ].join("\n");
  const text = [made, "", summary, "", ...sections].join("\n");
  console.log(text);
  if (writing) {
    const page = readFileSync(PAGE, "utf8");
    const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
    if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the tables`);
    writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n${text}\n${page.slice(to)}`);
  }
  return promises.every(({ ratio, limit }) => ratio <= limit) ? 0 : 1;
}

process.exitCode = await main();
