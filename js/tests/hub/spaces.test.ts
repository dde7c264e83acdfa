// Spaces by name, and the credentials that open private ones, with real apps behind a Hub on this machine.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, type ClientOptions, handle_file } from "gradlink";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { Client as PageClient } from "../../src/index.ts";
import { ScriptedApp } from "../server/scripted.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf, hub, newName, useHub } from "./given.ts";

useHub();
let app: Server;
beforeAll(async () => {
  app = await server();
});

/** Return a `fetch` for which Spaces have the addresses that the real Hub gives them. */
function fetchAs(addresses: Readonly<Record<string, string>>): NonNullable<ClientOptions["fetch"]> {
  return async (input, init) => {
    const url = new URL(input);
    const real = addresses[url.origin];
    return await fetch(real ? real + url.pathname + url.search : input, init as RequestInit);
  };
}

interface File_ {
  url: string;
}

/** Make a request of every kind that calls are made of, and return the file of a result. */
async function useEverything(client: Client): Promise<File_> {
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  expect((await client.predict("/fast", ["x"])).data).toEqual(["x"]);
  expect((await client.predict("/counter", [2])).data).toEqual([2]);
  const { data } = await client.predict("/file_upper", [handle_file(new Blob(["abc"]))]);
  expect(await client.read(data[0] as File_).text()).toBe("ABC");
  return data[0] as File_;
}

// -- what stands in the Hub's place

test("a proxy or fixture that knows a Space's address only, as the existing client asks for it, is enough", async () => {
  const asked: string[] = [];
  const fixture = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const isKnown = request.url?.endsWith("/host");
    response.writeHead(isKnown ? 200 : 404, { "content-type": "application/json" });
    response.end(isKnown ? JSON.stringify({ subdomain: "me-app", host: app.url }) : "{}");
  });
  await new Promise<void>((resolve) => fixture.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(fixture.address() as AddressInfo).port}`);
  try {
    for (const token of [undefined, "hf_me"]) {
      const client = await connect("me/app", { token });
      expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    }
    expect(asked.slice(0, 2)).toEqual(["GET /api/spaces/me/app", "GET /api/spaces/me/app/host"]);
  } finally {
    fixture.closeAllConnections();
    await new Promise((resolve) => fixture.close(resolve));
  }
});

// -- names

test.each(["NAME", " NAME/ ", "HUB/spaces/NAME", "https://huggingface.co/spaces/NAME", "hf.co/spaces/NAME"])(
  "a Space is called by its name: %s",
  async (form) => {
    const name = newName();
    const url = await hub().addSpace(name, app.url);
    const client = await connect(form.replace("NAME", name).replace("HUB", hub().url));
    expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
    expect(client.config?.root).toBe(url);
    expect(client.jwt).toBeUndefined();
    expect(await hub().asked()).toEqual([`GET /api/spaces/${name}`, `GET /api/spaces/${name}/host`]);
  },
);

test("an app that is not a Space asks no Hub", async () => {
  const client = await connect(app.url);
  expect((await client.predict("/echo", ["hello"])).data).toEqual(["hello"]);
  expect(await hub().requests()).toEqual([]);
});

describe("a Space that is not shown", () => {
  test.each([true, false])("without a token (it is there: %s)", async (isThere) => {
    const name = newName();
    if (isThere) await hub().addSpace(name, app.url, { private: true });
    const told: unknown[] = [];
    const error = await failureOf(() => connect(name, { status_callback: (status) => told.push(status) }));
    expect(error.message).toContain(
      `the Hub shows no Space ${name} to callers without a token: if it is private, give the option token`,
    );
    expect(error.message).toContain(`${hub().url}/settings/tokens`);
    expect(error).toMatchObject({
      name: "SpaceNotFoundError",
      space_id: name,
      askedWithToken: false,
      status: 401,
      execution: "not started",
    });
    expect(told).toEqual([
      { status: "error", load_status: "error", detail: "NOT_FOUND", message: error.message },
    ]);
  });

  test.each([true, false])("with a token (it is there: %s)", async (isThere) => {
    const name = newName();
    if (isThere) await hub().addSpace(name, app.url, { private: true });
    const error = await failureOf(() => connect(name, { token: "hf_other" }));
    expect(error.message).toContain(
      `there is no Space ${name}, or it is private and the account of this token (the option token) may not see it`,
    );
    expect(error).toMatchObject({ askedWithToken: true, status: 404, hubCode: "RepoNotFound" });
    expect(JSON.stringify(error) + error.message).not.toContain("hf_other");
  });
});

test("a token that is none", async () => {
  const name = newName();
  await hub().addSpace(name, app.url);
  const error = await failureOf(() => connect(name, { token: "hf_bad" }));
  expect(error.name).toBe("HubAuthenticationError");
  expect(error.message).toContain("refuses the token (the option token)");
  expect(error.message).not.toContain("hf_bad");
});

// -- private Spaces

test("a private Space shows nothing without credentials, its stream neither", async () => {
  const url = await hub().addSpace(newName(), app.url, { private: true });
  for (const path of ["config", "gradio_api/queue/data?session_hash=x", "gradio_api/heartbeat/x"]) {
    expect((await fetch(`${url}/${path}`)).status).toBe(404);
    const headers = { "x-hf-authorization": "Bearer hf_other" };
    expect((await fetch(`${url}/${path}`, { headers })).status).toBe(404);
  }
});

test("a private Space works for every request", async () => {
  const name = newName("team");
  await hub().addSpace(name, app.url, { private: true });
  const client = await connect(name, { token: "hf_me", headers: { "x-probe": "hub" } });
  const file = await useEverything(client);
  const asked = await hub().requests(name);
  expect(new Set(asked.map(({ account }) => account))).toEqual(new Set(["me"]));
  expect(new Set(asked.map(({ headers }) => headers["x-hf-authorization"]))).toEqual(
    new Set(["Bearer hf_me"]),
  );
  const kinds = new Set(asked.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`));
  for (const kind of ["GET config", "GET info", "POST join", "GET data", "POST upload", "POST predict"])
    expect(kinds).toContain(kind);
  // Where headers cannot go in a page, the signature is in the address.
  const { jwt } = client;
  expect(jwt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  for (const part of ["/queue/data", "/heartbeat/", "/file="]) {
    const found = asked.filter(({ path }) => path.includes(part));
    expect(found.length).toBeGreaterThan(0);
    for (const { query } of found) expect(new URLSearchParams(query).get("__sign")).toBe(jwt);
  }
  expect(new URL(file.url).searchParams.get("__sign")).toBe(jwt);
  expect(await (await fetch(file.url)).text()).toBe("ABC");
  // The app behind the Hub's proxy sees neither.
  const { headers } = (await client.predict("/whoami", [])).data[0] as { headers: Record<string, string> };
  expect(headers).toMatchObject({ "x-probe": "hub", authorization: null, "x-hf-authorization": null });
  const seen = (await app.requests()).filter(({ headers: sent }) => sent["x-probe"] === "hub");
  expect(seen.length).toBeGreaterThan(5);
  expect(JSON.stringify(seen)).not.toMatch(/hf_me|__sign/);
});

test("a stream of the program's own opens a private Space by its address", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { private: true });
  const opened: string[] = [];
  class Own extends Client {
    override stream(url: { readonly href: string }) {
      opened.push(url.href);
      return new Source(url.href);
    }
  }
  const client = await connect(name, { token: "hf_me" }, Own);
  expect((await client.predict("/echo", ["by address"])).data).toEqual(["by address"]);
  expect(opened.length).toBe(1);
  const streams = (await hub().requests(name)).filter(({ path }) => path.endsWith("/queue/data"));
  expect(streams.map(({ account, headers }) => [account, headers["x-hf-authorization"]])).toEqual([
    ["me", undefined],
  ]);
});

/** An `EventSource` in shape: it sends no headers. */
class Source {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #controller = new AbortController();

  constructor(url: string) {
    void this.#read(url).catch((error: unknown) => this.onerror?.(error));
  }

  close(): void {
    this.#controller.abort();
  }

  async #read(url: string): Promise<void> {
    const { body, status } = await fetch(url, { signal: this.#controller.signal });
    if (status !== 200 || !body) throw new Error(`the stream answered ${status}`);
    let text = "";
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      const events = (text + part).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) this.onmessage?.({ data: event.replace(/^data: /, "") });
    }
    this.onerror?.(new Error("the stream ended"));
  }
}

test("a socket of a page has the signature in its address, and no error shows it", async () => {
  const scripted = await ScriptedApp.start();
  try {
    scripted.config = { protocol: "ws", version: "3.50.2", api_prefix: "" };
    const name = newName();
    await hub().addSpace(name, scripted.url, { private: true });
    const opened: string[] = [];
    class Unreachable {
      onerror: (() => void) | null = null;
      constructor(url: string) {
        opened.push(url);
        queueMicrotask(() => this.onerror?.());
      }
    }
    vi.stubGlobal("WebSocket", Unreachable);
    const client = await connect(name, { token: "hf_me", retries: 0 }, PageClient as typeof Client);
    const error = await failureOf(() => client.predict("/echo", ["x"]));
    expect(opened.map((url) => new URL(url).searchParams.get("__sign"))).toEqual([client.jwt]);
    expect(error.message).toMatch(/no socket to http:.*\/queue\/join$/);
    expect(JSON.stringify(error) + error.message).not.toContain(client.jwt);
  } finally {
    await scripted.stop();
  }
});

test("a Hub that gives no signature does not keep a private Space closed", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { private: true });
  await hub().answerNext(500, { path: "/jwt" });
  const client = await connect(name, { token: "hf_me", retries: 0 });
  expect(client.jwt).toBeUndefined();
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
});

test("an app with a login inside a private Space keeps its cookies", async () => {
  const auth = await server("auth");
  const name = newName();
  await hub().addSpace(name, auth.url, { private: true });
  const client = await connect(name, { token: "hf_me", auth: ["user", "pass"] });
  expect((await client.predict("/whoami", [])).data[0]).toMatchObject({ username: "user" });
  await auth.logEverybodyOut();
  expect((await client.predict("/echo", ["again"])).data).toEqual(["again"]);
  const asked = await hub().requests(name);
  expect(new Set(asked.map(({ account }) => account))).toEqual(new Set(["me"]));
  const joins = asked.filter(({ path }) => path.endsWith("/queue/join"));
  expect(joins.length).toBeGreaterThan(1);
  for (const { headers } of joins) expect(headers["cookie"]).toContain("access-token");
  expect((await failureOf(() => connect(name, { token: "hf_me" }))).name).toBe("AuthenticationError");
  const wrong = await failureOf(() => connect(name, { token: "hf_me", auth: ["user", "wrong"] }));
  expect(wrong.name).toBe("AuthenticationError");
});

test("the Hub gets the token and nothing else", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { private: true });
  const headers = { authorization: "Basic mine", "x-mine": "1" };
  const client = await connect(name, { token: "hf_me", cookies: "mine=2", headers });
  const { data } = await client.predict("/whoami", []);
  expect(data[0]).toMatchObject({ headers: { authorization: "Basic mine" }, cookies: { mine: "2" } });
  const asked = await hub().requests("hub");
  expect(asked.map(({ path }) => path)).toEqual(
    ["", "/host", "/jwt"].map((what) => `/api/spaces/${name}${what}`),
  );
  for (const { headers: sent } of asked) {
    expect(sent["authorization"]).toBe("Bearer hf_me");
    expect(sent).not.toHaveProperty("x-mine");
    expect(sent).not.toHaveProperty("cookie");
  }
});

// -- tokens

test("the token of the environment is for Spaces and the Hub alone", async () => {
  vi.stubEnv("HF_TOKEN", " hf_me\n");
  const name = newName();
  await hub().addSpace(name, app.url, { private: true });
  const before = (await app.requests()).length;
  await useEverything(await connect(name));
  expect(new Set((await hub().requests()).map(({ account }) => account))).toEqual(new Set(["me"]));
  // Neither the app behind the Hub's proxy nor an app that is given by its URL sees it.
  await useEverything(await connect(app.url));
  const seen = (await app.requests(before)).map(({ query, headers }) => query + JSON.stringify(headers));
  expect(seen.length).toBeGreaterThan(15);
  expect(seen.filter((text) => text.includes("hf_me"))).toEqual([]);
});

test.each([
  ["token: false", { token: false } as ClientOptions, "0"],
  ["HF_HUB_DISABLE_IMPLICIT_TOKEN", {}, "1"],
])("no token is sent where none is wanted: %s", async (_, options, disabled) => {
  vi.stubEnv("HF_TOKEN", "hf_me");
  vi.stubEnv("HF_HUB_DISABLE_IMPLICIT_TOKEN", disabled);
  const name = newName();
  await hub().addSpace(name, app.url);
  const client = await connect(name, options);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  const asked = await hub().requests();
  expect(asked.length).toBeGreaterThan(4);
  for (const { account, headers } of asked) {
    expect(account).toBeNull();
    expect(headers).not.toHaveProperty("x-hf-authorization");
    expect(headers).not.toHaveProperty("authorization");
  }
});

test("a file of another host is fetched without the token and the signature", async () => {
  const name = newName();
  await hub().addSpace(name, app.url, { private: true });
  const elsewhere = await server("nostate");
  const before = (await elsewhere.requests()).length;
  const client = await connect(name, { token: "hf_me" });
  const { data } = await client.predict("/foreign_file", [`${elsewhere.url}config`, "a.json"]);
  const file = data[0] as File_;
  expect(await client.read(file).text()).toMatch(/^\{/);
  const fetched = (await elsewhere.requests(before)).filter(({ path }) => path === "/config");
  expect(fetched.length).toBeGreaterThan(0);
  expect(JSON.stringify(fetched)).not.toMatch(/hf_me|__sign/);
});

// -- addresses of their own

describe("the address of a Space's own", () => {
  test("costs no question to the Hub", async () => {
    const name = newName();
    const url = await hub().addSpace(name, app.url);
    const address = `https://${name.replace("/", "-")}.hf.space`;
    const client = await connect(address, { fetch: fetchAs({ [address]: url }) });
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    expect(await hub().asked()).toEqual([]);
  });

  test("gets the token, and signs if it is private", async () => {
    const name = newName();
    const url = await hub().addSpace(name, app.url, { private: true });
    const address = `https://${name.replace("/", "-")}.hf.space`;
    const client = await connect(address, { token: "hf_me", fetch: fetchAs({ [address]: url }) });
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
    expect(client.jwt).toBeDefined();
    expect(new Set((await hub().requests(name)).map(({ account }) => account))).toEqual(new Set(["me"]));
  });

  test("has the Hub asked why it does not answer", async () => {
    const name = newName();
    const stages = ["SLEEPING"];
    const url = await hub().addSpace(name, app.url, { stages, wakes_through: ["RUNNING"] });
    const address = `https://${name.replace("/", "-")}.hf.space`;
    const fetch_ = fetchAs({ [address]: url });
    await hub().play(name, ["PAUSED"]);
    const error = await failureOf(() => connect(address, { fetch: fetch_, retries: 0 }));
    expect(error).toMatchObject({ name: "SpaceNotRunningError", stage: "PAUSED", space_id: name });
    await hub().play(name, stages);
    const client = await connect(address, { fetch: fetch_, retries: 0 });
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  });

  test("is asked once more if the question itself woke it up", async () => {
    const name = newName();
    const url = await hub().addSpace(name, app.url, { stages: ["SLEEPING"], wakes_through: ["RUNNING"] });
    const address = `https://${name.replace("/", "-")}.hf.space`;
    const fetch_ = fetchAs({ [address]: url });
    // Nothing but /config can wake it, so that it runs when the Hub is asked why that was refused.
    const onlyConfig: typeof fetch_ = async (input, init) =>
      input.includes("/info") ? new Response("", { status: 404 }) : await fetch_(input, init);
    const client = await connect(address, { fetch: onlyConfig, retries: 0 });
    expect(client.config?.version).toBeDefined();
  });

  test("over http is any other app", async () => {
    const asked: string[] = [];
    const fetch_: NonNullable<ClientOptions["fetch"]> = async (input, init) => {
      asked.push(input);
      expect(JSON.stringify(init?.headers)).not.toContain("hf_me");
      return new Response("gone", { status: 404 });
    };
    vi.stubEnv("HF_TOKEN", "hf_me");
    await failureOf(() => connect("http://me-app.hf.space", { fetch: fetch_, retries: 0 }));
    expect(asked).toContain("http://me-app.hf.space/config");
    expect(await hub().asked()).toEqual([]);
  });
});
