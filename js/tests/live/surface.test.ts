// The surface that programs for the existing client use: names, shapes and orders, against a real server.

import { readFileSync } from "node:fs";
import * as gradlink from "gradlink";
import {
  Client,
  FileData,
  type GradioEvent,
  handle_file,
  client as oldClient,
  prepare_files,
} from "gradlink";
import { beforeAll, describe, expect, test } from "vitest";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf, newKey } from "./given.ts";

let base: Server;

beforeAll(async () => {
  base = await server();
});

/** Members of the existing client that its types keep from programs. */
const PRIVATE = [
  "resolve_config",
  "resolve_cookies",
  "init",
  "_resolve_config",
  "config_success",
  "prepare_return_obj",
];

const ALL = ["data", "status", "log", "render"] as const;

/** Return all events of a job. */
async function eventsOf(events: AsyncIterable<GradioEvent>): Promise<GradioEvent[]> {
  const all: GradioEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Return an event as one word: its type, or the stage of a status. */
function word(event: GradioEvent): string {
  return event.type === "status" ? event.stage : event.type;
}

test("the names that programs import are there", () => {
  const kinds = Object.fromEntries(
    [
      "Client",
      "client",
      "duplicate",
      "handle_file",
      "FileData",
      "prepare_files",
      "upload",
      "upload_files",
    ].map((name) => [name, typeof (gradlink as Record<string, unknown>)[name]]),
  );
  expect(kinds).toEqual({
    Client: "function",
    client: "function",
    duplicate: "function",
    handle_file: "function",
    FileData: "function",
    prepare_files: "function",
    upload: "function",
    upload_files: "function",
  });
  expect(typeof gradlink.MISSING_CREDENTIALS_MSG).toBe("string");
});

describe("predict", () => {
  test("resolves with the last values and where they come from", async () => {
    const client = await connect(base.url);
    const answer = await client.predict("/multi", ["four"]);
    expect(answer).toMatchObject({ type: "data", endpoint: "/multi" });
    expect(answer.data.slice(0, 2)).toEqual(["four", 4]);
    expect(answer.time).toBeInstanceOf(Date);
    expect(answer.fn_index).toBe(
      client.config?.dependencies.find(({ api_name }) => api_name === "multi")?.id,
    );
  });

  test("of a generator resolves with its last value", async () => {
    const client = await connect(base.url);
    expect((await client.predict("/count", { text: "a", steps: 2 })).data).toEqual(["a0 a1 "]);
  });

  test.each(["/echo", "echo"])("takes a name: %s", async (name) => {
    const client = await connect(base.url);
    expect((await client.predict(name, ["x"])).data).toEqual(["x"]);
  });

  test("takes the number of a function", async () => {
    const client = await connect(base.url);
    const id = client.config?.dependencies.find(({ api_name }) => api_name === "echo")?.id;
    expect((await client.predict(Number(id), ["x"])).data).toEqual(["x"]);
  });

  test("fills in defaults, by position and by name", async () => {
    const client = await connect(base.url);
    expect((await client.predict("/add", { a: 1 })).data).toEqual([11]);
    expect((await client.predict("/add", { a: 1, op: "sub" })).data).toEqual([-9]);
    expect((await client.predict("/ping")).data).toEqual(["pong"]);
  });

  test("fails with what the app says", async () => {
    const client = await connect(base.url);
    const error = await failureOf(() => client.predict("/err", ["x"]));
    expect(error).toMatchObject({
      message: "user error: x",
      title: "Oops",
      duration: 5,
      visible: true,
      stage: "error",
      endpoint: "/err",
    });
    expect(error).toBeInstanceOf(Error);
  });

  test("keeps a session's State, and another client has its own", async () => {
    const [mine, other] = [await connect(base.url), await connect(base.url)];
    expect((await mine.predict("/counter", [2])).data).toEqual([2]);
    expect((await mine.predict("/counter", [3])).data).toEqual([5]);
    expect((await other.predict("/counter", [1])).data).toEqual([1]);
    const resumed = await connect(base.url, { session_hash: mine.session_hash });
    expect((await resumed.predict("/counter", [1])).data).toEqual([6]);
  });

  test("keeps the places of State, if asked for", async () => {
    const client = await connect(base.url, { with_null_state: true });
    expect((await client.predict("/counter", [2])).data).toEqual([2, null]);
  });
});

describe("the events of", () => {
  test("a plain call", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const events = await eventsOf(client.submit("/echo", ["x"]));
    expect(events.map(word)).toEqual(["pending", "pending", "pending", "data", "complete"]);
    expect(events[1]).toMatchObject({ queue: true, position: 0, size: 1 });
    expect(events[2]).toMatchObject({ original_msg: "process_starts" });
    for (const event of events)
      expect(event).toMatchObject({ endpoint: "/echo", fn_index: expect.any(Number) });
  });

  test("a generator", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const words = (await eventsOf(client.submit("/count", ["a", 2]))).map(word);
    expect(words.filter((each) => each === "data")).toHaveLength(2);
    expect(words).toContain("generating");
    expect(words.at(-1)).toBe("complete");
  });

  test("progress", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const key = newKey();
    const [events, steps]: [GradioEvent[], number[]] = [[], []];
    for await (const event of client.submit("/progress", [3, key])) {
      events.push(event);
      if (event.type !== "status") continue;
      for (const step of event.progress_data ?? []) {
        expect(step).toMatchObject({ length: 3, unit: "steps", desc: "Working" });
        if (steps.includes(Number(step.index))) continue;
        steps.push(Number(step.index));
        // The function goes on when its step was told of.
        await base.openGate(key);
      }
    }
    expect(steps).toEqual([0, 1, 2]);
    expect(events.map(word).slice(-2)).toEqual(["data", "complete"]);
  });

  test("messages to the caller", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const logs = (await eventsOf(client.submit("/logs", ["x"]))).filter((event) => event.type === "log");
    expect(logs).toMatchObject([
      { log: "info:x", level: "info", visible: true },
      { log: "warn:x", level: "warning", duration: 3, title: "My title" },
      { log: "good:x", level: "success", visible: false },
    ]);
  });

  test("a call without the queue", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const events = await eventsOf(client.submit("/fast", ["x"]));
    expect(events.map(word)).toEqual(["pending", "data", "complete"]);
    expect(events[0]).toMatchObject({ queue: false });
  });

  test("a function that makes components", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const events = await eventsOf(client.submit("/apply", [2]));
    const render = events.find((event) => event.type === "render");
    expect(render).toMatchObject({
      data: { components: expect.any(Array), dependencies: expect.any(Array) },
    });
    expect((await client.predict("/upper_1", ["made late"])).data).toEqual(["MADE LATE"]);
  });

  test("a call that asks for none but data", async () => {
    const client = await connect(base.url);
    expect((await eventsOf(client.submit("/logs", ["x"]))).map(word)).toEqual(["data"]);
  });

  test("a job that is looked at late are all there", async () => {
    const client = await connect(base.url, { events: [...ALL] });
    const job = client.submit("/count", ["a", 3]);
    await job.result();
    expect((await eventsOf(job)).filter((event) => event.type === "data")).toHaveLength(3);
  });
});

describe("a job", () => {
  test("has a name from the server", async () => {
    const client = await connect(base.url);
    const job = client.submit("/echo", ["x"]);
    expect(job.event_id()).toBe("");
    const id = await job.wait_for_id();
    expect(id).toMatch(/^\w+/);
    expect(job.event_id()).toBe(id);
    expect((await job.result()).data).toEqual(["x"]);
    expect(job.status).toBe("succeeded");
  });

  test("without the queue has none", async () => {
    const client = await connect(base.url);
    const job = client.submit("/fast", ["x"]);
    expect(await job.wait_for_id()).toBeNull();
    await job.result();
  });

  test("gives the text that is added", async () => {
    const client = await connect(base.url);
    const added: string[] = [];
    for await (const text of client.submit("/count", ["a", 3]).deltas()) added.push(text);
    expect(added).toEqual(["a0 ", "a1 ", "a2 "]);
  });

  test("gives the text that is added to a chat", async () => {
    const client = await connect(base.url);
    let all = "";
    for await (const text of client.submit("/chat", ["hello", []]).deltas()) all += text;
    expect(all).toBe("You said: hello");
  });

  test("is over after return()", async () => {
    const client = await connect(base.url);
    const job = client.submit("/count", ["a", 3]);
    await job.return();
    expect(await job.next()).toEqual({ done: true, value: undefined });
    expect(await job.next()).toEqual({ done: true, value: undefined });
  });
});

describe("what the app says of itself", () => {
  test("its endpoints", async () => {
    const client = await connect(base.url);
    const api = await client.view_api();
    const add = api.named_endpoints["/add"];
    expect(add?.parameters).toMatchObject([
      { label: "number", parameter_name: "a", type: "number", component: "Number" },
      { parameter_name: "b", parameter_has_default: true, parameter_default: 10 },
      { parameter_name: "op", parameter_has_default: true, parameter_default: "add" },
    ]);
    expect(add?.returns).toMatchObject([{ label: "number out", type: "number", component: "Number" }]);
    expect(api.named_endpoints["/count"]?.type).toMatchObject({ generator: true });
    expect(api.named_endpoints["/counter"]?.parameters[1]).toMatchObject({
      component: "state",
      hidden: true,
      parameter_name: null,
    });
    expect(await client.view_api()).toBe(api);
  });

  test("its configuration", async () => {
    const client = await connect(base.url);
    expect(client.config).toMatchObject({
      title: "Everything",
      protocol: "sse_v3",
      api_prefix: "/gradio_api",
    });
    expect(client.config?.root).toBe(base.origin);
    const sent = (await (await fetch(`${base.url}config`)).json()) as object;
    expect(Object.keys(client.config ?? {}).sort()).toEqual(Object.keys(sent).sort());
    expect(client.session_hash).toMatch(/^\w{8,}$/);
  });
});

describe("a subclass", () => {
  class Recording extends Client {
    static asked: string[] = [];
    override fetch(...[input, init]: Parameters<Client["fetch"]>): ReturnType<Client["fetch"]> {
      Recording.asked.push(String(input instanceof Request ? input.url : input));
      return super.fetch(input, init);
    }
    override stream(...[url]: Parameters<Client["stream"]>): ReturnType<Client["stream"]> {
      Recording.asked.push(String(url));
      return super.stream(url);
    }
  }

  test("makes all requests with its own fetch and stream", async () => {
    const client = await Recording.connect(base.url);
    expect(client).toBeInstanceOf(Recording);
    await client.predict("/file_upper", [new Blob(["x"])]);
    client.close();
    const paths = Recording.asked.map((url) => new URL(url).pathname);
    for (const path of [
      "/config",
      "/gradio_api/info",
      "/gradio_api/upload",
      "/gradio_api/queue/join",
      "/gradio_api/queue/data",
    ]) {
      expect(paths).toContain(path);
    }
  });

  test("has a fetch that can be taken off it", async () => {
    const { fetch } = await connect(base.url, { headers: { "x-probe": "bound" } });
    const seen = (await base.requests()).length;
    await fetch(`${base.origin}/config`, { headers: { "x-more": "yes" } });
    const requests = await base.requests(seen);
    expect(requests.map(({ headers }) => headers)).toContainEqual(
      expect.objectContaining({ "x-probe": "bound", "x-more": "yes" }),
    );
  });
});

test("a fetch of one's own is used for everything", async () => {
  const asked: string[] = [];
  const own: typeof fetch = (input, init) => {
    asked.push(new URL(String(input)).pathname);
    return fetch(input, init);
  };
  const client = await connect(base.url, { fetch: own });
  await client.predict("/echo", ["x"]);
  expect(asked.sort()).toEqual(
    ["/config", "/gradio_api/info", "/gradio_api/queue/data", "/gradio_api/queue/join"]
      .concat(asked.filter((path) => path.includes("/heartbeat/")))
      .sort(),
  );
});

test("headers and the token go along with each request", async () => {
  const client = await connect(base.url, { headers: { "x-probe": "mine" }, token: "hf_mine" });
  const { data } = await client.predict("/whoami", []);
  expect(data[0]).toMatchObject({ headers: { "x-probe": "mine", "x-gradio-user": "api" } });
  const mine = (await base.requests()).filter(({ headers }) => headers["x-probe"] === "mine");
  expect(mine.length).toBeGreaterThanOrEqual(4);
  for (const { headers } of mine) expect(headers).toMatchObject({ authorization: "Bearer hf_mine" });
});

test("the old names work", async () => {
  const client = await oldClient(base.url, { hf_token: "hf_x" });
  expect(client).toBeInstanceOf(Client);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  client.close();
});

test("prepare_files and FileData describe files", async () => {
  const file = new File(["abc"], "a.txt", { type: "text/plain" });
  const [prepared] = await prepare_files([file]);
  expect(prepared).toBeInstanceOf(FileData);
  expect(prepared).toMatchObject({ path: "a.txt", orig_name: "a.txt", size: 3, mime_type: "text/plain" });
  expect(prepared?.blob).toBe(file);
  expect(new FileData({ path: "p", url: "http://u", blob: file }).blob).not.toBe(file);
  expect(new FileData({ path: "p" }).meta).toEqual({ _type: "gradio.FileData" });
  expect(handle_file(file)).toBe(file);
  const bytes = handle_file(Buffer.from("abc")) as Blob;
  expect(bytes).toBeInstanceOf(Blob);
  expect(await bytes.text()).toBe("abc");
});

test("a function of a component can be called", async () => {
  const client = await connect(base.url);
  const error = await failureOf(() => client.component_server(1, "no such function", {}));
  expect(error.message).toMatch(/component|40\d|500/);
});

describe("members that few programs use:", () => {
  test("api_map has the number of each function", async () => {
    const client = await connect(base.url);
    const { id } = client.config?.dependencies.find(({ api_name }) => api_name === "echo") ?? {};
    expect(id).toEqual(expect.any(Number));
    expect(client.api_map).toMatchObject({ echo: id });
    expect((await client.predict(client.api_map["echo"] as number, ["x"])).data).toEqual(["x"]);
  });

  test("page and deep_link are what was asked for", async () => {
    const plain = await connect(base.url);
    expect([plain.page, plain.deep_link]).toEqual([null, null]);
    const client = await connect(base.url, { query_params: { page: "second" } });
    expect([client.page, client.deep_link]).toEqual(["second", null]);
  });

  test("a payload is kept", async () => {
    const client = await connect(base.url);
    expect(client.current_payload).toEqual({});
    client.set_current_payload({ data: [1] });
    expect(client.current_payload).toEqual({ data: [1] });
  });

  test("stream_status tells whether the stream is read", async () => {
    const client = await connect(base.url);
    expect(client.stream_status.open).toBe(false);
    const key = newKey();
    const job = client.submit("/progress", [1, key]);
    await job.wait_for_id();
    expect(client.stream_status.open).toBe(true);
    await base.openGate(key);
    for await (const _ of job);
    await expect.poll(() => client.stream_status.open).toBe(false);
  });

  test("event_callbacks take messages of the jobs that run", async () => {
    const client = await connect(base.url, { events: ["data", "log"] });
    expect(client.event_callbacks).toEqual({});
    const key = newKey();
    const job = client.submit("/progress", [1, key]);
    const id = await job.wait_for_id();
    expect(Object.keys(client.event_callbacks)).toEqual([id]);
    const message = { msg: "log", log: "from the program", level: "info", event_id: id };
    await client.event_callbacks[`${id}`]?.(message);
    await base.openGate(key);
    const events = await eventsOf(job);
    expect(events.map(word)).toEqual(["log", "data"]);
    expect(events[0]).toMatchObject({ log: "from the program" });
    expect(client.event_callbacks).toEqual({});
  });

  test("handle_blob sends the files in arguments and leaves the arguments alone", async () => {
    const client = await connect(base.url);
    const file = new File(["content"], "a.txt");
    const data = [{ deep: [file], text: "x" }, 5];
    const info = (await client.view_api()).named_endpoints["/nested_files"] as gradlink.EndpointInfo;
    const sent = await client.handle_blob(base.url, data, info);
    expect(sent).toMatchObject([
      { deep: [{ path: expect.stringContaining("a.txt"), orig_name: "a.txt" }], text: "x" },
      5,
    ]);
    expect(data[0]).toEqual({ deep: [file], text: "x" });
    const seen = (await base.requests()).length;
    const answer = await client.predict("/nested_files", [sent[0]]);
    expect(answer.data).toEqual([[{ orig_name: "a.txt", size: 7, text: "content" }]]);
    expect((await base.requests(seen)).filter(({ path }) => path.endsWith("/upload"))).toEqual([]);
  });

  test("post_data sends JSON and returns the answer with its status", async () => {
    const client = await connect(base.url);
    const body = { data: ["x"], session_hash: client.session_hash };
    const [answer, status] = await client.post_data(`${base.origin}/gradio_api/run/fast`, body);
    expect([answer, status]).toMatchObject([{ data: [expect.anything()] }, 200]);
  });

  test("reconnect tells whether the app is the same, and refresh reads it again", async () => {
    const client = await connect(base.url);
    expect(await client.reconnect()).toBe("connected");
    const before = client.config;
    expect(await client.refresh()).toEqual(before);
    expect(client.config).not.toBe(before);
  });
});

describe("the pages of an app", () => {
  /** Reads an app as if one function of it were on a second page. */
  class TwoPages extends Client {
    override async fetch(...[input, init]: Parameters<Client["fetch"]>): ReturnType<Client["fetch"]> {
      const response = await super.fetch(input, init);
      if (!new URL(response.url).pathname.endsWith("/config")) return response;
      const config = (await response.json()) as gradlink.Config;
      const [first] = config.components;
      const echo = config.dependencies.find(({ api_name }) => api_name === "echo");
      const ids = [first?.id as number];
      const page = {
        ...config.page,
        second: { components: ids, dependencies: [echo?.id as number], layout: { id: 7 } },
      };
      return Response.json({
        ...config,
        page,
        pages: [
          ["", "Home", true],
          ["second", "Second", true],
        ],
      });
    }
  }

  test("are told apart by their names", async () => {
    const client = await TwoPages.connect(base.url);
    const second = client.get_page_config("second");
    expect(second).toMatchObject({ current_page: "second", layout: { id: 7 }, title: "Everything" });
    expect(second.dependencies.map(({ api_name }) => api_name)).toEqual(["echo"]);
    expect(second.components).toHaveLength(1);
    for (const other of ["", "no such page"]) {
      const first = client.get_page_config(other);
      expect(first).toMatchObject({ current_page: "" });
      expect(first.dependencies).toHaveLength(client.config?.dependencies.length as number);
    }
    await client.close();
  });

  test("are told apart by their addresses", async () => {
    const client = await TwoPages.connect(base.url);
    const root = client.config?.root;
    expect(client.get_url_config(`${root}/second/?x=1#y`).current_page).toBe("second");
    expect(client.get_url_config(`${root}/third`).current_page).toBe("");
    expect(client.get_url_config(`${root}/`).current_page).toBe("");
    await client.close();
  });

  test("are one in most apps", async () => {
    const client = await connect(base.url);
    expect(client.get_page_config("second").current_page).toBe("");
    expect(client.get_url_config(`${base.url}second`).dependencies).toEqual(client.config?.dependencies);
  });
});

test("a subclass has its own close", async () => {
  const closed: string[] = [];
  class Telling extends Client {
    override close(): Promise<void> {
      closed.push(this.app_reference);
      return super.close();
    }
  }
  const { close } = await Telling.connect(base.url);
  await close();
  expect(closed).toEqual([base.url]);
});

test("what is missing of the existing client is written down, with its reason", async () => {
  const text = readFileSync(new URL("../../../docs/javascript.md", import.meta.url), "utf8");
  const section = /<!-- left out -->([^]*)<!-- \/left out -->/.exec(text)?.[1] ?? "";
  const names = section.split("\n").map((line) => line.split("|")[1] ?? "");
  const leftOut = names.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  // Its declarations do not compile here.
  const existing = (await import("@gradio/client" as string)) as { Client: typeof Client };
  const theirs = await existing.Client.connect(base.url);
  const ours = await connect(base.url);
  const members = new Set<string>();
  for (let one: object = theirs; one !== Object.prototype; one = Object.getPrototypeOf(one) as object)
    for (const name of Object.getOwnPropertyNames(one)) members.add(name);
  void theirs.close();
  const missing = [
    ...Object.keys(existing).filter((name) => !(name in gradlink)),
    ...[...members].filter((name) => !(name in ours) && !PRIVATE.includes(name)),
  ];
  expect(missing.sort()).toEqual(leftOut.sort());
});
