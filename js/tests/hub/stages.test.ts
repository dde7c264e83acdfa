// Spaces that do not run yet, or never will, and a Hub that is in trouble.

import type { SpaceStatus } from "gradlink";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf, hub, newName, useHub } from "./given.ts";

useHub();
let app: Server;
beforeAll(async () => {
  app = await server();
});

test("a Space that is built is waited for, and its stage is read again after every wait", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { stages: ["BUILDING", "APP_STARTING", "RUNNING"] });
  const told: SpaceStatus[] = [];
  const client = await connect(name, { status_callback: (status) => told.push(status) });
  expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  expect(told).toEqual([
    {
      status: "building",
      detail: "BUILDING",
      load_status: "pending",
      message: `the Space ${name} is being built`,
    },
    {
      status: "starting",
      detail: "APP_STARTING",
      load_status: "pending",
      message: `the Space ${name} is starting`,
    },
    {
      status: "running",
      detail: "RUNNING",
      load_status: "complete",
      message: `the Space ${name} is running`,
    },
  ]);
  const look = `GET /api/spaces/${name}/runtime`;
  expect(await hub().asked()).toEqual([
    `GET /api/spaces/${name}`,
    look,
    look,
    `GET /api/spaces/${name}/host`,
  ]);
});

test("a Space that builds for three looks and then fails", async () => {
  const name = newName();
  const stages = ["BUILDING", "BUILDING", "BUILDING", "BUILD_ERROR"];
  await hub().addSpace(name, app.url, { stages, problem: "no module named nothing" });
  const told: SpaceStatus[] = [];
  const error = await failureOf(() => connect(name, { status_callback: (status) => told.push(status) }));
  expect(error).toMatchObject({
    name: "SpaceNotRunningError",
    space_id: name,
    stage: "BUILD_ERROR",
    link: `${hub().url}/spaces/${name}`,
    execution: "not started",
    message: `the Space ${name} could not be built (no module named nothing): see ${hub().url}/spaces/${name}`,
  });
  expect(told.map(({ status, detail }) => [status, detail])).toEqual([
    ["building", "BUILDING"],
    ["space_error", "BUILD_ERROR"],
  ]);
  expect(told[1]).toMatchObject({ load_status: "error", discussions_enabled: true });
  const looks = (await hub().asked()).filter((asked) => asked.endsWith("/runtime"));
  expect(looks.length).toBe(3);
});

describe("a Space that sleeps", () => {
  test.each([
    ["SLEEPING", `is asleep`],
    ["STOPPED", "is stopped"],
  ])("is woken: %s", async (stage, said) => {
    const name = newName();
    await hub().addSpace(name, app.url, { stages: [stage] });
    const told: SpaceStatus[] = [];
    const client = await connect(name, { status_callback: (status) => told.push(status) });
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
    expect(told.map(({ status, detail, load_status }) => [status, detail, load_status])).toEqual([
      ["sleeping", stage, "pending"],
      ["starting", "APP_STARTING", "pending"],
      ["running", "RUNNING", "complete"],
    ]);
    expect(told[0]?.message).toBe(`the Space ${name} ${said}`);
    // Something has to knock before it wakes.
    expect((await hub().requests(name))[0]).toMatchObject({ method: "GET", path: "/", status: 503 });
  });

  test("is woken without anybody listening, a private one too", async () => {
    const name = newName();
    await hub().addSpace(name, app.url, { stages: ["SLEEPING"], private: true });
    const client = await connect(name, { token: "hf_me" });
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  });

  test("is woken before the next call of a client that was idle", async () => {
    const name = newName();
    await hub().addSpace(name, app.url);
    const told: string[] = [];
    const client = await connect(name, { status_callback: ({ detail }) => told.push(detail) });
    expect((await client.predict("/echo", ["before"])).data).toEqual(["before"]);
    await hub().play(name, ["SLEEPING"]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    try {
      expect((await client.predict("/echo", ["after"])).data).toEqual(["after"]);
    } finally {
      vi.useRealTimers();
    }
    expect(told[0]).toBe("RUNNING");
    // The question for the app has woken it.
    expect(told.slice(1)).toEqual(["APP_STARTING", "RUNNING"]);
  });
});

test.each([
  ["PAUSED", "paused", "is paused: only its author can restart it"],
  ["NO_APP_FILE", "space_error", "has no app file"],
  ["CONFIG_ERROR", "space_error", "has an error in its configuration"],
  ["RUNTIME_ERROR", "space_error", "has crashed"],
  ["DELETING", "space_error", "is being deleted"],
])("a Space in the stage %s is not waited for", async (stage, status, said) => {
  const name = newName();
  await hub().addSpace(name, app.url, { stages: [stage] });
  const told: SpaceStatus[] = [];
  const error = await failureOf(() => connect(name, { status_callback: (now) => told.push(now) }));
  expect(error).toMatchObject({ name: "SpaceNotRunningError", stage });
  expect(error.message).toContain(`the Space ${name} ${said}`);
  expect(told).toMatchObject([{ status, detail: stage, load_status: "error", discussions_enabled: true }]);
});

test.each(["RUNNING_BUILDING", "RUNNING_APP_STARTING", "SOMETHING_NEW"])(
  "a Space in the stage %s is called",
  async (stage) => {
    const name = newName();
    // The Hub's proxy knows nothing new, so the Space runs when it is called.
    await hub().addSpace(name, app.url, { stages: [stage, "RUNNING"] });
    const told: SpaceStatus[] = [];
    const client = await connect(name, { status_callback: (status) => told.push(status) });
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
    expect(told).toMatchObject([{ status: "running", detail: stage, load_status: "complete" }]);
  },
);

test("the wait has a bound", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { stages: ["BUILDING"] });
  const error = await failureOf(() => connect(name, { wait: 0.1 }));
  expect(error).toMatchObject({ name: "SpaceNotRunningError", stage: "BUILDING" });
  expect(error.message).toContain("was not ready after 0 s; a longer wait may help");
  await hub().forget();
  const none = await failureOf(() => connect(name, { wait: 0 }));
  expect(none.message).toContain("is being built, and wait is 0: see");
  expect(await hub().asked()).toEqual([`GET /api/spaces/${name}`]);
  expect((await failureOf(() => connect(name, { wait: -1 }))).name).toBe("ArgumentError");
});

describe("a Hub that is in trouble", () => {
  test.each([429, 500, 503])("for a moment is asked again (%i)", async (status) => {
    const name = newName();
    await hub().addSpace(name, app.url);
    await hub().answerNext(status, { times: 2, headers: { "retry-after": "0" } });
    const client = await connect(name, { retries: { baseSeconds: 0.01 } });
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
    expect((await hub().requests("hub")).map((request) => request.status)).toEqual([
      status,
      status,
      200,
      200,
    ]);
  });

  test("and drops connections is asked again", async () => {
    const name = newName();
    await hub().addSpace(name, app.url);
    await hub().answerNext(503, { drop: true });
    const client = await connect(name, { retries: { baseSeconds: 0.01 } });
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  });

  test("while a Space is built does not end the wait", async () => {
    const name = newName();
    await hub().addSpace(name, app.url, { stages: ["BUILDING", "RUNNING"] });
    await hub().answerNext(500, { path: "/runtime", times: 1 });
    const client = await connect(name, { retries: 0 });
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  });

  test("is named: it limits requests", async () => {
    const name = newName();
    await hub().addSpace(name, app.url);
    await hub().answerNext(429, { headers: { "retry-after": "3600" } });
    const error = await failureOf(() => connect(name));
    expect(error).toMatchObject({
      name: "HubRateLimitError",
      status: 429,
      retryAfter: 3600,
      attempts: 1,
      url: `${hub().url}/api/spaces/${name}`,
    });
    expect(error.message).toContain("too many requests");
    await hub().answerNext(429, { headers: { ratelimit: '"api";r=0;t=77' } });
    expect(await failureOf(() => connect(name, { retries: 0 }))).toMatchObject({ retryAfter: 77 });
  });

  test("is named: it is away", async () => {
    const name = newName();
    await hub().answerNext(502, { times: 2 });
    const error = await failureOf(() => connect(name, { retries: { count: 1, baseSeconds: 0.01 } }));
    expect(error).toMatchObject({ name: "HubError", status: 502, attempts: 2 });
    expect(error.message).toContain("is not available at the moment");
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    const gone = await failureOf(() => connect(name, { retries: 0 }));
    expect(gone.name).toBe("HubError");
    expect(gone.message).toContain("the Hugging Face Hub (127.0.0.1:9) cannot be reached");
  });
});
