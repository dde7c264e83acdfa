// Every error of a call, and of connecting, says whether the function ran.

import { Client } from "gradlink";
import { beforeAll, expect, test } from "vitest";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf } from "./given.ts";

let base: Server;
beforeAll(async () => {
  base = await server();
});

test.each<[string, string | number, object, object?]>([
  ["an endpoint that the app does not have", "/ecko", ["x"]],
  ["a number that it does not have", 9999, []],
  ["an endpoint that is private", "/private", ["x"]],
  ["a parameter that it does not have", "/echo", { txt: "x" }],
  ["an argument that is missing", "/add", []],
  ["an argument that is no JSON", "/echo", [new Map()]],
  ["a header that cannot be sent", "/echo", ["x"], { headers: { "a\n": "b" } }],
  ["a signal that was aborted before", "/echo", ["x"], { signal: AbortSignal.abort() }],
  ["a validator", "/validated", [-1]],
])("%s", async (_, endpoint, given, options) => {
  const client = await connect(base.url);
  const error = await failureOf(() => client.predict(endpoint, given, undefined, options));
  expect(error).toMatchObject({ execution: "not started" });
});

test("an event that is no JSON", async () => {
  const client = await connect(base.url);
  expect(await failureOf(() => client.predict("/echo", ["x"], 1n))).toMatchObject({
    execution: "not started",
  });
});

test("a client that is closed", async () => {
  const client = await connect(base.url);
  await client.close();
  for (const name of ["/echo", "/nowhere"])
    expect(await failureOf(() => client.predict(name, ["x"]))).toMatchObject({ execution: "not started" });
});

test.each<[string, (url: string) => string, object?]>([
  ["what is no address", () => "hello world"],
  ["an option that is wrong", (url) => url, { max_jobs: 0 }],
  ["an app that is not there", (url) => `${url}hello/there`],
  ["a port that fetch refuses", () => "http://127.0.0.1:1"],
  ["a host that does not exist", () => "http://nosuchhost.invalid"],
  ["a signal that ends it", (url) => url, { signal: AbortSignal.abort() }],
])("connecting to %s", async (_, address, options) => {
  const error = await failureOf(() => Client.connect(address(base.url), { retries: 0, ...options }));
  expect(error).toMatchObject({ execution: "not started" });
});

test("connecting to an app that breaks off, whose exchange alone would not say", async () => {
  await base.answer("/config", 502, "bad gateway", {}, 1);
  const error = await failureOf(() => Client.connect(base.url, { retries: 0 }));
  expect(error).toMatchObject({ name: "ResponseError", status: 502, execution: "not started" });
});

test("a port that fetch refuses is not tried again", async () => {
  const error = await failureOf(() => Client.connect("http://127.0.0.1:1"));
  expect(error).toMatchObject({ name: "ConnectError", transient: false, attempts: 1 });
});

test("a host that does not exist is not looked up again", async () => {
  // What Node says where the look-up itself works, which it need not on the machine of the tests.
  const cause = Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.invalid"), { code: "ENOTFOUND" });
  const fetch = async () => {
    throw new TypeError("fetch failed", { cause });
  };
  const error = await failureOf(() => Client.connect("http://nowhere.invalid", { fetch }));
  expect(error).toMatchObject({ name: "ConnectError", transient: false, attempts: 1 });
});

test("a certificate that is not trusted names what would make it so", async () => {
  const tls = await server("tls");
  const error = await failureOf(() => Client.connect(tls.url));
  expect(error).toMatchObject({ name: "ConnectError", transient: false, execution: "not started" });
  expect(error.message).toContain("NODE_EXTRA_CA_CERTS");
});

test("an address without its scheme leads to the app", async () => {
  const client = await connect(base.url.replace("http://", ""));
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
});

test("what is no address says what would be one", async () => {
  for (const typed of ["hello", "", "http:/127.0.0.1:7860", "C:\\app"]) {
    const error = await failureOf(() => Client.connect(typed));
    expect(error.message).toBe(
      `${JSON.stringify(typed)} is not the URL of a Gradio app; give one such as "http://127.0.0.1:7860" or the name of a Hugging Face Space such as "user/space"`,
    );
    expect(error.name).toBe("ArgumentError");
  }
});
