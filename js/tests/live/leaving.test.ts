// Who leaves a job and calls its function again gets all values of the new one, however many of it may run at a time.

import { type Client, JobCancelledError } from "gradlink";
import { beforeAll, expect, test } from "vitest";
import { type Server, server } from "../server/servers.ts";
import { connect, drain, newKey } from "./given.ts";

const ROUNDS = Number(process.env["GRADLINK_ROUNDS"] ?? 10);
// Longer than all rounds together: whoever sees its end was not cancelled.
const ENDLESS = 1e6;

let limits: Server;

beforeAll(async () => {
  limits = await server("limits");
});

/** Begin a call that does not end by itself, and leave it at its first value. */
async function leave(client: Client, name: string, key: string): Promise<void> {
  for await (const _ of client.submit(name, [ENDLESS, 0.01, key])) break;
}

async function callsWell(client: Client, name: string, key: string): Promise<void> {
  expect(await drain(client.submit(name, [3, 0.01, key]))).toEqual({
    values: ["tick 0", "tick 1", "tick 2"],
    error: null,
  });
}

const BESIDE = "a loop while others run";
const WAYS: Record<string, (client: Client, name: string, left: string, called: string) => Promise<void>> = {
  "loops in a row": (client, name, left) => leave(client, name, left),
  "a loop, then a call": async (client, name, left, called) => {
    await leave(client, name, left);
    await callsWell(client, name, called);
  },
  "a call that is aborted, then a call": async (client, name, left, called) => {
    const abort = new AbortController();
    const aborted = client.predict(name, [ENDLESS, 0.01, left], undefined, { signal: abort.signal });
    await limits.reach(left, "started");
    abort.abort();
    await expect(aborted).rejects.toBeInstanceOf(JobCancelledError);
    await callsWell(client, name, called);
  },
  "a call that is cancelled at once, then a call": async (client, name, left, called) => {
    const job = client.submit(name, [ENDLESS, 0.01, left]);
    void job.cancel();
    await callsWell(client, name, called);
  },
  "a call that is cancelled as it starts, then a call": async (client, name, left, called) => {
    // Gradio loses a place for ever if it stops a job before its first step.
    const job = client.submit(name, [ENDLESS, 0.01, left]);
    await job.wait_for_id();
    await job.cancel();
    await callsWell(client, name, called);
  },
  [BESIDE]: async (client, name, left, called) => {
    const others = [callsWell(client, name, called), callsWell(client, name, called)];
    await leave(client, name, left);
    await Promise.all([...others, callsWell(client, name, called)]);
  },
};

// The ways stand in each other's way, as programs do that call one app.
test.each([1, 2, 10, "None"])("with the concurrency limit %s", { timeout: 600_000 }, async (limit) => {
  const playing = Object.entries(WAYS).map(async ([name, way]) => {
    const client = await connect(limits.url);
    const [left, called] = [newKey("left"), newKey("called")];
    // With a place for one only, a second is waited for in each round until it is sure that the others wait.
    const rounds = name === BESIDE ? ROUNDS / 10 : ROUNDS;
    for (let round = 0; round < rounds; round++) await way(client, `/count_${limit}`, left, called);
    expect((await limits.counts(left))["finished"]).toBeUndefined();
  });
  await Promise.all(playing);
  // What was left has given its places back: as many run at once as ever. (A generator that is stopped in its first step
  // is never closed by Gradio, so that its own end says nothing.)
  const client = await connect(limits.url);
  const after = newKey("after");
  const places = limit === "None" ? 40 : Number(limit);
  const running = Array.from({ length: places }, () =>
    client.submit(`/count_${limit}`, [ENDLESS, 0.01, after]),
  );
  await limits.reach(after, "started", places);
  for (const job of running) job.cancel();
});
