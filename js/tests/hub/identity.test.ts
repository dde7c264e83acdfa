// Whose GPU time a call uses, what a Space says when it is used up, and tokens that are lent to an app.

import { quota } from "gradlink";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readQuotaMessage } from "../../src/protocol/quota.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf, hub, newName, useHub } from "./given.ts";
import { Program } from "./local.ts";

const TITLE = "ZeroGPU quota exceeded";
const EXCEEDED =
  "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 1:02:03. " +
  "Subscribe to Hugging Face PRO to get 40 min of ZeroGPU quota a day";

useHub();
let app: Server;
let spender: Program;
beforeAll(async () => {
  [app, spender] = await Promise.all([server(), Program.start("tests.hub.relay")]);
});
afterAll(async () => {
  await spender.stop();
});

// -- quota

test("a quota that is used up is told", async () => {
  const name = newName();
  await hub().addSpace(name, spender.url);
  const client = await connect(name);
  const error = await failureOf(() => client.predict("/spend", [EXCEEDED, TITLE]));
  expect(error).toMatchObject({
    name: "QuotaExceededError",
    requested: 60,
    left: 12,
    retryAfter: 3723,
    message: EXCEEDED,
    title: TITLE,
    endpoint: "/spend",
  });
  const other = await failureOf(() => client.predict("/spend", ["out of paint", "Error"]));
  expect(other.name).toBe("AppError");
});

test.each([
  [TITLE, EXCEEDED, [60, 12, 3723]],
  [
    "Error",
    "You have exceeded your Pro ZeroGPU quota (120s requested vs. 0s left). Try again in 1 day, 0:00:01. ",
    [120, 0, 86_401],
  ],
  [
    "Error",
    "You have exceeded your GPU quota (59.5s requested vs. 30s left).<br />Please retry in 2 days, 3:00:00",
    [59.5, 30, 183_600],
  ],
  [TITLE, "You have exceeded your ZeroGPU runs limit. ", [undefined, undefined, undefined]],
  [TITLE, "Space app has reached its GPU limit. Try again", [undefined, undefined, undefined]],
  [TITLE, "No GPU was available after 60s. Retry later", undefined],
  ["ZeroGPU queue timeout", "No GPU was available after 60s", undefined],
  [
    "ZeroGPU illegal duration",
    "The requested GPU duration (600s) is larger than the maximum allowed",
    undefined,
  ],
  ["Error", "The quota of the disk is exceeded", undefined],
  ["Error", `exceeded your ${"a ".repeat(200_000)}`, undefined],
])("what a message says about the quota: %s, %.40s", (title, message, expected) => {
  const read = readQuotaMessage(title, message);
  expect(read && [read.requested, read.left, read.retryAfter]).toEqual(expected);
});

test("the quota of the token's account", async () => {
  await hub().addAccount("busy", "hf_busy", { quota: [2400, 1810] });
  expect(await quota({ token: "hf_busy" })).toEqual({
    base: 2400,
    left: 1810,
    resetsAt: new Date("2026-12-31T00:00:00Z"),
    overquotaUsed: 0,
  });
  vi.stubEnv("HF_TOKEN", "hf_me");
  expect(await quota()).toEqual({ base: 300, left: 300, resetsAt: undefined, overquotaUsed: 0 });
  const none = await failureOf(() => quota({ token: false }));
  expect(none).toMatchObject({ name: "HubAuthenticationError" });
  expect(none.message).toContain("the ZeroGPU quota: the Hugging Face Hub requires a token");
  await hub().answerNext(404, { path: "zero-gpu" });
  expect(await failureOf(() => quota())).toMatchObject({ name: "HubError", status: 404 });
  await hub().answerNext(200, { path: "zero-gpu", body: '{"base":"x"}' });
  expect((await failureOf(() => quota())).name).toBe("ProtocolError");
});

// -- the frame of the Hub

/** Stand in for the page that frames this one; it answers with these headers, or not at all. */
function frame(
  headers: object | null,
  hostname = "me-app.hf.space",
  ancestor?: string,
): [message: string, to: string][] {
  const told: [string, string][] = [];
  vi.stubGlobal("parent", {
    postMessage(message: string, to: string, ports: readonly MessagePort[] = []) {
      told.push([message, to]);
      if (message === "zerogpu-headers" && headers) ports[0]?.postMessage(headers);
    },
  });
  vi.stubGlobal("location", { hostname, ...(ancestor && { ancestorOrigins: [ancestor] }) });
  return told;
}

describe("in a frame of the Hub", () => {
  const LENT = { "x-ip-token": "visitor", "x-zerogpu-token": "lent", bad: 5 };

  test("calls of a Space carry the headers that the Hub's page lends", async () => {
    const name = newName();
    await hub().addSpace(name, app.url);
    const told = frame(LENT, undefined, "https://huggingface.co");
    const client = await connect(name, { headers: { "X-ZeroGPU-Token": "own" } });
    await client.predict("/echo", ["x"]);
    await client.predict("/echo", ["x"], undefined, { headers: { "X-IP-Token": "call" } });
    await client.predict("/fast", ["x"]);
    const calls = (await hub().requests(name)).filter(({ method }) => method === "POST");
    const sent = calls.map(({ path, headers }) => [
      path.split("/").slice(-2).join("/"),
      headers["x-ip-token"],
      headers["x-zerogpu-token"],
    ]);
    expect(sent).toEqual([
      ["queue/join", "visitor", "own"],
      ["queue/join", "call", "own"],
      ["run/predict", "visitor", "own"],
    ]);
    expect(JSON.stringify(calls)).not.toContain('"bad"');
    expect(new Set(told.map(([, to]) => to))).toEqual(new Set(["https://huggingface.co"]));
    expect(told.map(([message]) => message)).toEqual(
      Array(3).fill(["supports-zerogpu-headers", "zerogpu-headers"]).flat(),
    );
  });

  test("a page that does not answer is waited for once", async () => {
    const name = newName();
    await hub().addSpace(name, app.url);
    const told = frame(null);
    const client = await connect(name);
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    expect((await client.predict("/echo", ["y"])).data).toEqual(["y"]);
    expect(told.length).toBe(2);
  });

  test.each([
    ["a page of another site", "example.org", undefined],
    ["a frame of another site", "me-app.hf.space", "https://example.org"],
  ])("nothing is asked in %s", async (_, hostname, ancestor) => {
    const name = newName();
    await hub().addSpace(name, app.url);
    const told = frame(LENT, hostname, ancestor);
    const client = await connect(name);
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    expect(told).toEqual([]);
  });

  test("nothing is asked for an app that is not a Space", async () => {
    const told = frame(LENT);
    const client = await connect(app.url);
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    expect(told).toEqual([]);
  });
});

// -- tokens that are lent to the app

test("oauth_token goes to endpoints that declare it, which view_api marks", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { private: true });
  const before = (await app.requests()).length;
  const client = await connect(name, { token: "hf_me", oauth_token: "hf_lent" });
  expect((await client.predict("/token_of", ["a"])).data).toEqual(["a:hf_lent"]);
  expect((await client.predict("/token_required", ["a"])).data).toEqual(["a:hf_lent"]);
  expect((await client.predict("/echo", ["a"])).data).toEqual(["a"]);
  const joins = (await app.requests(before)).filter(({ path }) => path.endsWith("/queue/join"));
  expect(joins.map(({ json }) => (json as { oauth_token?: string }).oauth_token)).toEqual([
    "hf_lent",
    "hf_lent",
    undefined,
  ]);
  expect(JSON.stringify(joins)).not.toContain("hf_me");
  const { named_endpoints } = await client.view_api();
  const marked = Object.entries(named_endpoints).filter(([, { oauth_token }]) => oauth_token);
  expect(marked.map(([endpoint, { oauth_token }]) => [endpoint, oauth_token])).toEqual([
    ["/token_of", "optional"],
    ["/token_required", "required"],
  ]);
});
