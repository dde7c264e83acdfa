// A queue that was never started is asked to start, once; one that is seen to run is not.

import { Client, type GradioEvent } from "gradlink";
import { afterEach, expect, test, vi } from "vitest";
import type { Message } from "../../src/protocol/messages.ts";
import { readMessage } from "../../src/protocol/messages.ts";
import { QueueWatch, STARTUP_SECONDS } from "../../src/protocol/queuewatch.ts";
import { ScriptedApp, type ScriptedJob } from "../server/scripted.ts";

const STARTUP = "GET /gradio_api/startup-events";

function message(msg: string, fields: object = {}): Message {
  return readMessage({ msg, event_id: "e", ...fields } as never);
}

const stands = message("estimation", { rank: 0, queue_size: 1, rank_eta: null });
const waits = () => true;

test("it is asked once, for the jobs that wait", () => {
  const watch = new QueueWatch<string>();
  expect([watch.take("a", stands), watch.take("b", stands), watch.take("a", stands)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(watch.expired((job) => job === "b")).toEqual(["b"]);
  expect([watch.settled, watch.take("c", stands), watch.expired(waits)]).toEqual([true, false, []]);
});

test("it is looked at again when none of the jobs waits any more", () => {
  const watch = new QueueWatch<string>();
  watch.take("a", stands);
  expect([watch.expired(() => false), watch.settled]).toEqual([[], false]);
  expect(watch.take("b", stands)).toBe(true);
  expect(watch.expired(waits)).toEqual(["b"]);
});

test.each([
  ["process_starts", {}],
  ["process_generating", { output: { data: [] } }],
  ["progress", { progress_data: [] }],
  ["log", { log: "x" }],
  ["process_completed", { output: { data: [1] }, success: true }],
  ["process_completed", { output: { error: "x" }, success: false }],
  ["estimation", { rank: 0, rank_eta: 0.5 }],
])("it runs if there is %s %j", (msg, fields) => {
  const watch = new QueueWatch<string>();
  watch.take("a", stands);
  expect(watch.take("a", message(msg, fields))).toBe(false);
  expect([watch.settled, watch.expired(waits)]).toEqual([true, []]);
});

test.each([
  ["estimation", { rank: 3, rank_eta: null }],
  ["process_completed", { output: {}, success: true }],
  ["heartbeat", {}],
])("nothing is known by %s %j", (msg, fields) => {
  const watch = new QueueWatch<string>();
  expect([watch.take("a", message(msg, fields)), watch.settled]).toEqual([false, false]);
});

// -- with a client

const made: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const one of made.splice(0).reverse()) await (one.close ?? one.stop)?.call(one);
});

/** An app whose queue does not run, and a job that stands at its head. */
async function standing(options: object = {}): Promise<{
  app: ScriptedApp;
  client: Client;
  events: AsyncIterator<GradioEvent>;
  jobs: ScriptedJob[];
}> {
  const app = await ScriptedApp.start();
  made.push(app as never);
  const jobs: ScriptedJob[] = [];
  app.play = (job) => {
    jobs.push(job);
    job.tell("estimation", { rank: 0, queue_size: 1, rank_eta: null });
  };
  const client = await Client.connect(app.url, { events: ["data", "status", "log"], retries: 0, ...options });
  made.push(client as never);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const events = client.submit("/echo", ["x"])[Symbol.asyncIterator]() as AsyncIterator<GradioEvent>;
  for (let seen = false; !seen; ) {
    const { value } = await events.next();
    seen = value?.type === "status" && value.position === 0;
  }
  return { app, client, events, jobs };
}

/** Return the next log of a job. */
async function nextLog(events: AsyncIterator<GradioEvent>): Promise<string> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error("there is no log");
    if (value?.type === "log") return `${value.level}: ${value.log}`;
  }
}

test("the app is asked for its start, the job says so and ends, and the next one is not asked for", async () => {
  const { app, client, events, jobs } = await standing();
  app.override = ({ path }, response) => {
    if (!path.endsWith("startup-events")) return false;
    response.writeHead(200, { "content-type": "application/json" }).end("true");
    for (const job of jobs) {
      job.completes("y");
      app.closeStream(job.session);
    }
    return true;
  };
  expect(app.paths()).not.toContain(STARTUP);
  vi.advanceTimersByTime(STARTUP_SECONDS * 1000);
  expect(await nextLog(events)).toMatch(
    /^warning: the queue of the app at http.* has started no job for 5 s; it was asked to start/,
  );
  let last: unknown;
  for (let step = await events.next(); !step.done; step = await events.next())
    if (step.value.type === "data") last = step.value.data[0];
  expect(last).toBe("y");
  app.play = (job) => {
    job.completes("z");
    app.closeStream(job.session);
  };
  expect((await client.predict("/echo", ["x"])).data).toEqual(["z"]);
  expect(app.paths().filter((path) => path === STARTUP)).toEqual([STARTUP]);
});

test("an app that cannot be asked is named in the log, and the job waits on", async () => {
  const { events } = await standing();
  vi.advanceTimersByTime(STARTUP_SECONDS * 1000);
  expect(await nextLog(events)).toMatch(/it could not be asked to start: .*404/);
});

test("a client that is closed asks for nothing", async () => {
  const { app, client } = await standing();
  await client.close();
  vi.advanceTimersByTime(STARTUP_SECONDS * 1000);
  expect(app.paths()).not.toContain(STARTUP);
});
