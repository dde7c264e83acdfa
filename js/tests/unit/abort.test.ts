// Signals of programs: one for many calls, one for connecting, and what they end with.

import { getEventListeners } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Client, isGradlinkError, JobCancelledError } from "../../src/index.node.ts";
import { ScriptedApp } from "../server/scripted.ts";

let app: ScriptedApp;

/** Wait until something holds; the bound is for what would wait for ever. */
function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, 25_000);
}

let client: Client;

beforeAll(async () => {
  app = await ScriptedApp.start();
  app.play = (job) => {
    job.starts();
    if (job.data[0] !== "wait") job.completes(...job.data);
  };
  client = await Client.connect(app.url);
});
afterAll(async () => {
  await client.close();
  await app.stop();
});
afterEach(() => vi.unstubAllEnvs());

/** Return the error that a promise has to fail with. */
async function failure(promise: Promise<unknown>): Promise<JobCancelledError> {
  return await promise.then(
    (value) => expect.fail(`it did not fail: ${value}`),
    (error) => error,
  );
}

/** A server that never answers, and how many have asked it. */
async function silent(): Promise<[Server, string, () => number]> {
  let asked = 0;
  const server = createServer(() => {
    asked += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => asked];
}

test("one signal for a hundred calls has one listener, and none when they are over", async () => {
  const warned: Error[] = [];
  const take = (warning: Error): void => void warned.push(warning);
  process.on("warning", take);
  const { signal } = new AbortController();
  const calls = Array.from({ length: 100 }, (_, index) =>
    client.predict("/echo", [index], undefined, { signal }),
  );
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  const values = (await Promise.all(calls)).map(({ data }) => data[0]);
  expect(values).toEqual(Array.from({ length: 100 }, (_, index) => index));
  await eventually(() => expect(getEventListeners(signal, "abort")).toEqual([]));
  process.off("warning", take);
  expect(warned).toEqual([]);
});

test("one signal ends all calls, those before and those after", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const over = client.predict("/echo", ["x"], undefined, { signal });
  await over;
  const jobs = [1, 2, 3].map(() => client.submit("/echo", ["wait"], undefined, { signal }));
  await Promise.all(jobs.map((job) => job.wait_for_id()));
  const reason = new Error("enough");
  controller.abort(reason);
  jobs.push(client.submit("/echo", ["wait"], undefined, { signal }));
  for (const job of jobs) {
    const error = await failure(job.result());
    expect(error).toBeInstanceOf(JobCancelledError);
    expect(error).toMatchObject({ name: "AbortError", code: "JobCancelledError", cause: reason });
    expect(isGradlinkError(error)).toBe(true);
    expect(String(error)).toMatch(/^AbortError: \/echo: the job was cancelled/);
  }
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("what ends in time is an error of that name, and a cancel without a signal is none of these", async () => {
  const late = await failure(
    client.predict("/echo", ["wait"], undefined, { signal: AbortSignal.timeout(10) }),
  );
  expect(late.name).toBe("TimeoutError");
  const job = client.submit("/echo", ["wait"]);
  await job.cancel();
  expect((await failure(job.result())).name).toBe("JobCancelledError");
  for (const reason of [undefined, null, 0, "a text"]) {
    const controller = new AbortController();
    controller.abort(reason);
    const { signal } = controller;
    const { name } = await failure(client.predict("/echo", [1], undefined, { signal }));
    expect(name).toBe("AbortError");
  }
});

test("connecting is ended by its signal: before, while the app is asked, and not after", async () => {
  const [server, url, asked] = await silent();
  const early = await failure(Client.connect(url, { signal: AbortSignal.abort() }));
  expect(early).toMatchObject({ name: "AbortError", execution: "not started" });
  expect(asked()).toBe(0);
  const controller = new AbortController();
  const { signal } = controller;
  const connecting = failure(Client.connect(url, { signal }));
  await eventually(() => expect(asked()).toBeGreaterThan(0));
  controller.abort();
  const error = await connecting;
  expect(error).toMatchObject({ name: "AbortError", cause: signal.reason });
  expect(error.message).toBe(`connecting to "${url}" was cancelled`);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  const later = new AbortController();
  const connected = await Client.connect(app.url, { signal: later.signal });
  later.abort();
  expect((await connected.predict("/echo", ["x"])).data).toEqual(["x"]);
  await connected.close();
});

test("waiting for the Hub and for a Space is ended by the signal", async () => {
  const looks: string[] = [];
  const hub = createServer((request, response) => {
    looks.push(String(request.url));
    const space = {
      id: "me/app",
      host: "http://127.0.0.1:9",
      private: false,
      runtime: { stage: "BUILDING" },
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.url?.endsWith("/runtime") ? space.runtime : space));
  });
  await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(hub.address() as AddressInfo).port}`);
  const controller = new AbortController();
  const connecting = failure(Client.connect("me/app", { token: false, signal: controller.signal }));
  await eventually(() => expect(looks.length).toBeGreaterThan(1));
  controller.abort();
  expect((await connecting).name).toBe("AbortError");
  const before = looks.length;
  await eventually(() => expect(getEventListeners(controller.signal, "abort")).toEqual([]));
  expect(looks.length).toBeLessThanOrEqual(before + 1);
  hub.closeAllConnections();
  await new Promise((resolve) => hub.close(resolve));
});
