// Meets attacks of the hostile server in a process of its own, and prints what each ended with as one line of JSON.
//
// The process ends by itself if nothing is left behind, no timer and no socket; a rejection that nobody handles ends it
// with an error. Usage: meeting.ts OPTIONS NAME...

import { Client } from "../../src/index.node.ts";
import type { ClientOptions } from "../../src/types.ts";
import { type HostileAsked, type HostileAttack, hostile } from "../server/hostile.ts";

/** What became of an attack. */
export interface Met {
  readonly name: string;
  /** Class of the error, "" where there was none. */
  readonly error: string;
  readonly isGradlinkError: boolean;
  readonly message: string;
  /** How the server saw the end of the answers that attacked. */
  readonly ended: readonly HostileAsked["ended"][];
  /** Seconds from the call, or from connecting, to the error. */
  readonly seconds: number;
  /** Bytes that the process has held at the most by then, beyond what honest calls take. */
  readonly held: number;
}

const PATHS: Record<HostileAttack["at"], string> = {
  config: "/config",
  info: "/gradio_api/info",
  join: "/gradio_api/queue/join",
  upload: "/gradio_api/upload",
  run: "/gradio_api/run/predict",
  file: "/gradio_api/file=/srv/result.txt",
  stream: "/gradio_api/queue/data",
};

const [given = "{}", ...names] = process.argv.slice(2);
const options = JSON.parse(given) as ClientOptions;

function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

async function call(client: Client, endpoint: string): Promise<unknown> {
  const { data } = await client.predict(endpoint, [endpoint === "/up" ? new Blob(["x"]) : "x"]);
  return data[0];
}

async function read(client: Client, file: unknown): Promise<void> {
  await client.read(file as object).blob();
}

/** Do once what all attacks are met by, so that none of them pays for what is loaded then. */
async function beHonest(): Promise<void> {
  const client = await Client.connect(hostile.app("honest"));
  for (const endpoint of ["/echo", "/run", "/up"]) await call(client, endpoint);
  await read(client, await call(client, "/file"));
  await client.close();
}

/** Connect and make the call that meets the attack; return the error, and how long it took. */
async function use(
  { name, met_by }: HostileAttack,
  seen: () => Promise<unknown>,
): Promise<[unknown, number]> {
  let began = performance.now();
  let client: Client | undefined;
  let failure: unknown;
  try {
    client = await Client.connect(hostile.app(name), options);
    if (met_by !== "connect") {
      began = performance.now();
      const value = await call(client, met_by);
      if (met_by === "/file") {
        began = performance.now();
        await read(client, value);
      }
    }
  } catch (error) {
    failure = error;
  }
  const seconds = (performance.now() - began) / 1000;
  // Before the client is closed, which would end it anyway.
  await seen();
  await client?.close();
  return [failure, seconds];
}

/** Wait until the server has seen the end of every attack after the first `count`; return the ends. */
async function endsAfter({ name, at }: HostileAttack, count: number): Promise<HostileAsked["ended"][]> {
  for (;;) {
    const asked = (await hostile.asked(name)).slice(count);
    if (asked.every(({ ended }) => ended !== null))
      return asked.filter(({ path }) => path === PATHS[at]).map(({ ended }) => ended);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function meet(attack: HostileAttack): Promise<Met> {
  for (;;) {
    const count = (await hostile.asked(attack.name)).length;
    const seen = () => endsAfter(attack, count);
    const [failure, seconds] = await use(attack, seen);
    const ended = await seen();
    // On a busy machine a short limit may run out before the attack is met.
    if (!ended.length) continue;
    const { name = "", message = "", isGradlinkError = false } = (failure ?? {}) as Partial<Met>;
    const held = peak() - usual;
    return { name: attack.name, error: name, isGradlinkError, message, ended, seconds, held };
  }
}

await beHonest();
const usual = peak();
const attacks = (await hostile.attacks()).filter(({ name }) => names.includes(name));
const met: Met[] = [];
if (options.max_answer === undefined) met.push(...(await Promise.all(attacks.map(meet))));
// One after the other: what counts is the memory that each takes.
else
  for (const attack of attacks) {
    globalThis.gc?.();
    met.push(await meet(attack));
  }
process.stdout.write(`${JSON.stringify(met)}\n`);
