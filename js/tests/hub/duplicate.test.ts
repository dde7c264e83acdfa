// Copies of Spaces: made or found, set up where they differ, and every refusal of the Hub an error.

import { Client, type DuplicateOptions } from "gradlink";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Server, server } from "../server/servers.ts";
import { duplicate, failureOf, hub, newName, useHub } from "./given.ts";

useHub();
let app: Server;
beforeAll(async () => {
  app = await server();
  await hub().addAccount("reader", "hf_reader", { role: "read" });
  await hub().addAccount("poor", "hf_poor", { pays: false });
});

let original: string;
let copy: string;
const warnings: string[] = [];
beforeEach(async () => {
  original = newName("her");
  copy = original.replace("her/", "me/");
  await hub().addSpace(original, app.url);
  warnings.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((text) => void warnings.push(String(text)));
});

async function runtimeOf(space_id: string): Promise<Record<string, unknown>> {
  return await hub().ask(`/api/spaces/${space_id}/runtime`, "hf_me");
}

async function posts(): Promise<[path: string, body: unknown][]> {
  const all = await hub().requests("hub");
  return all.filter(({ method }) => method === "POST").map(({ path, json }) => [path, json]);
}

test("a copy is made with all that is wanted, waited for and connected to", async () => {
  const told: string[] = [];
  const client = await duplicate(original, {
    token: "hf_me",
    private: true,
    hardware: "t4-small",
    timeout: 10,
    secrets: { KEY: "value" },
    status_callback: ({ detail }) => told.push(detail),
  });
  expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  expect(await posts()).toEqual([
    [
      `/api/spaces/${original}/duplicate`,
      {
        repository: copy,
        visibility: "private",
        hardware: "t4-small",
        sleepTimeSeconds: 600,
        secrets: [{ key: "KEY", value: "value" }],
      },
    ],
  ]);
  expect(told).toEqual(["APP_STARTING", "RUNNING"]);
  expect(new Set((await hub().requests(copy)).map(({ account }) => account))).toEqual(new Set(["me"]));
  expect(warnings).toEqual([]);
  // Ten minutes are the time of sleep, and no limit of calls.
  expect(client.options.timeout).toBeUndefined();
});

test("a copy has the hardware of the original, is public, and is called so as is wanted", async () => {
  await hub().addSpace(`${original}-fast`, app.url, { hardware: "t4-medium" });
  await duplicate(`${original}-fast`, { token: "hf_me", to_id: ` team/${copy.slice(3)}-mine ` });
  expect(await posts()).toEqual([
    [
      `/api/spaces/${original}-fast/duplicate`,
      {
        repository: `team/${copy.slice(3)}-mine`,
        visibility: "public",
        hardware: "t4-medium",
        sleepTimeSeconds: 300,
      },
    ],
  ]);
});

test("a copy that exists is taken as it is", async () => {
  await hub().addSpace(copy, app.url, { hardware: "t4-small", private: true });
  const client = await duplicate(original, { token: "hf_me", secrets: { KEY: "value" } });
  expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  expect(await posts()).toEqual([]);
  expect(warnings).toEqual([`secrets are set only when a Space is copied: ${copy} exists already`]);
});

test("hardware and sleep time of a copy that exists are requested where they differ", async () => {
  await hub().addSpace(copy, app.url, { hardware: "t4-small" });
  const wanted: DuplicateOptions = { token: "hf_me", hardware: "t4-small", sleep_timeout: 20 };
  await duplicate(original, wanted);
  expect(await posts()).toEqual([[`/api/spaces/${copy}/sleeptime`, { seconds: 1200 }]]);
  await hub().forget();
  await duplicate(original, wanted);
  expect(await posts()).toEqual([]);
  await duplicate(original, { ...wanted, hardware: "a10g-small" });
  expect(await posts()).toEqual([
    [`/api/spaces/${copy}/hardware`, { flavor: "a10g-small", sleepTimeSeconds: 1200 }],
  ]);
  expect(await runtimeOf(copy)).toMatchObject({
    hardware: { requested: "a10g-small" },
    gcTimeout: 1200,
  });
});

test("one that another program makes at the same moment is taken", async () => {
  await hub().addSpace(copy, app.url);
  await hub().answerNext(404, {
    path: `${copy}/runtime`,
    headers: { "x-error-message": "Repository not found" },
  });
  const client = await duplicate(original, { token: "hf_me" });
  expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  expect((await hub().requests("hub")).map(({ status }) => status)).toContain(409);
});

test.each<[string, DuplicateOptions, string, number, RegExp]>([
  [
    "hardware that is not paid for",
    { token: "hf_poor", hardware: "t4-small" },
    "SpaceDuplicationError",
    402,
    /payment required/,
  ],
  [
    "hardware that is none",
    { token: "hf_me", hardware: "abacus" },
    "SpaceDuplicationError",
    400,
    /Invalid hardware 'abacus'/,
  ],
  [
    "a token that only reads",
    { token: "hf_reader" },
    "SpaceDuplicationError",
    403,
    /lacks the permission for this/,
  ],
  ["somebody else's name", { token: "hf_me", to_id: "her/copy" }, "SpaceDuplicationError", 403, /no right/],
  ["a token that is none", { token: "hf_bad" }, "HubAuthenticationError", 401, /refuses the token/],
])("a refusal is an error: %s", async (_, options, name, status, said) => {
  const error = await failureOf(() => duplicate(original, options));
  expect(error).toMatchObject({ name, status });
  expect(error.message).toMatch(said);
  if (name === "SpaceDuplicationError") expect(error.message).toContain(`the Space ${original} could not be`);
  expect(error.message).not.toContain(String(options.token));
});

test("a refusal for a copy that exists is an error", async () => {
  await hub().addSpace(copy.replace("me/", "poor/"), app.url);
  const options = { token: "hf_poor", hardware: "t4-small" };
  const error = await failureOf(() => duplicate(original, options));
  expect(error).toMatchObject({ name: "SpaceDuplicationError", status: 402 });
});

test.each<[string, string, DuplicateOptions, string, RegExp]>([
  ["no token", "", {}, "HubAuthenticationError", /requires a token; give the option token or set HF_TOKEN/],
  ["no name", "http://127.0.0.1:7860", { token: "hf_me" }, "ArgumentError", /is not the name of a Space/],
  [
    "no name of a copy",
    "",
    { token: "hf_me", to_id: "a b" },
    "ArgumentError",
    /to_id: "a b" is not the name/,
  ],
  ["no time", "", { token: "hf_me", timeout: 0 }, "ArgumentError", /a number of minutes above 0, not 0/],
  [
    "no secret",
    "",
    { token: "hf_me", secrets: { KEY: 5 as unknown as string } },
    "ArgumentError",
    /"KEY" is a number/,
  ],
  ["no original", "her/nothing", { token: "hf_me" }, "SpaceNotFoundError", /there is no Space her\/nothing/],
])("what cannot be is said: %s", async (_, given, options, name, said) => {
  const error = await failureOf(() => Client.duplicate(given || original, options));
  expect(error.name).toBe(name);
  expect(error.message).toMatch(said);
  expect(await posts()).toEqual([]);
});
