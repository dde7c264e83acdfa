// Which session a job gets: each of one function its own, as long as there is one.

import { Client, JobCancelledError, StreamLostError } from "gradlink";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Client as PageClient } from "../../src/index.ts";
import { CONFIG, ScriptedApp, type ScriptedJob } from "../server/scripted.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, drain, failureOf, newKey } from "./given.ts";

let base: Server;
let app: ScriptedApp;

beforeAll(async () => {
  base = await server();
});
afterEach(async () => {
  await app?.stop();
});

/** Return two jobs of one function that run, and their keys. */
async function twoOfOne(client: Client) {
  const keys = [newKey("mine"), newKey("other")] as const;
  const [other, mine] = [client.submit("/gategen", [keys[1], 2]), client.submit("/gategen", [keys[0], 26])];
  for (const key of keys) await base.reach(key, "started");
  return { mine, other, keys };
}

test("of two jobs of one function each is stopped at once, and the other goes on", async () => {
  const client = await connect(base.url);
  const { mine, other, keys } = await twoOfOne(client);
  await mine.cancel();
  expect(await failureOf(() => mine.result())).toBeInstanceOf(JobCancelledError);
  await base.reach(keys[0], "ended");
  expect((await base.counts(keys[0]))["finished"]).toBeUndefined();
  await base.openGate(keys[1], 2);
  expect(await drain(other)).toEqual({ values: ["tick 0", "tick 1"], error: null });
});

test("in one session a job is stopped when no other one of its function is hit", async () => {
  // Gradio stops all jobs of a session that run one function.
  const client = await connect(base.url, { one_session: true });
  const { mine, other, keys } = await twoOfOne(client);
  await mine.cancel();
  expect(await failureOf(() => mine.result())).toBeInstanceOf(JobCancelledError);
  await base.openGate(keys[1], 2);
  expect(await drain(other)).toEqual({ values: ["tick 0", "tick 1"], error: null });
  await base.reach(keys[0], "ended");
  expect((await base.counts(keys[0]))["finished"]).toBeUndefined();
});

/** Start an app whose jobs wait until `count` of them are there, and return them. */
async function gathering(count: number): Promise<{ all: Promise<ScriptedJob[]>; jobs: ScriptedJob[] }> {
  app = await ScriptedApp.start();
  const jobs: ScriptedJob[] = [];
  const all = new Promise<ScriptedJob[]>((resolve) => {
    app.play = (job) => {
      jobs.push(job);
      job.starts();
      if (jobs.length === count) resolve(jobs);
    };
  });
  return { all, jobs };
}

function finish(job: ScriptedJob): void {
  job.completes(...job.data);
  app.closeStream(job.session);
}

test("a stream that is cut takes one of thirty jobs along", async () => {
  const { all } = await gathering(30);
  const client = await connect(app.url);
  const results = Array.from({ length: 30 }, async (_, number) => {
    const { data } = await client.predict("/echo", [`${number}`]);
    return data[0];
  });
  const settled = Promise.allSettled(results);
  const [first, ...others] = await all;
  app.endStream((first as ScriptedJob).session);
  for (const job of others) finish(job);
  const lost = (await settled).filter(({ status }) => status === "rejected");
  expect(lost.map((one) => (one as PromiseRejectedResult).reason)).toEqual([expect.any(StreamLostError)]);
});

test("a page reads three streams at most: a browser has six connections", async () => {
  const { all, jobs } = await gathering(12);
  const client = await PageClient.connect(app.url);
  const results = Array.from({ length: 12 }, () => client.predict("/echo", ["x"]));
  await all;
  expect(new Set(jobs.map(({ session }) => session)).size).toBe(3);
  for (const job of jobs) job.completes("x");
  for (const { session } of jobs) app.closeStream(session);
  await Promise.all(results);
  await client.close();
});

test("max_jobs is how many are at the server at a time, in order", async () => {
  const { jobs } = await gathering(3);
  const client = await connect(app.url, { max_jobs: 1 });
  app.play = (job) => {
    jobs.push(job);
    job.starts();
    expect(app.asked.filter(({ path }) => path.endsWith("/join")).length).toBe(jobs.length);
    finish(job);
  };
  const results = ["a", "b", "c"].map((text) => client.predict("/echo", [text]));
  await Promise.all(results);
  expect(jobs.map(({ data }) => data[0])).toEqual(["a", "b", "c"]);
});

test("so it is for functions without the queue", async () => {
  app = await ScriptedApp.start();
  app.config = {
    dependencies: [{ ...CONFIG.dependencies[0], queue: false, types: { generator: false, cancel: false } }],
  };
  let [running, most] = [0, 0];
  const waiting: (() => void)[] = [];
  app.override = async ({ path }, response) => {
    if (!path.endsWith("/run/predict")) return false;
    running += 1;
    most = Math.max(most, running);
    // Each waits for the next one, as long as that may come.
    if (running < 2) await new Promise<void>((resolve) => waiting.push(resolve));
    for (const go of waiting.splice(0)) go();
    running -= 1;
    response.writeHead(200, { "content-type": "application/json" }).end('{"data":["x"]}');
    return true;
  };
  const client = await connect(app.url, { max_jobs: 2 });
  const results = Array.from({ length: 8 }, () => client.predict("/echo", ["x"]));
  expect((await Promise.all(results)).map(({ data }) => data[0])).toEqual(Array(8).fill("x"));
  expect(most).toBe(2);
});

test.each([0, Number.NaN, "4"])("max_jobs = %s is refused by name", async (max_jobs) => {
  const error = await failureOf(() => Client.connect("http://127.0.0.1:9", { max_jobs: max_jobs as number }));
  expect(error).toMatchObject({
    name: "ArgumentError",
    message: `max_jobs is not a number from 1: ${max_jobs}`,
  });
});
