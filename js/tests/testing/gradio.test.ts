// A scripted app and a real one, with the same functions, show a program the same.

import { AppError, Client, type ClientOptions, type GradioEvent, type RemoteFile } from "gradlink";
import { endpoint, fakeApp, logged, outputs, stream } from "gradlink/testing";
import { beforeAll, expect, test } from "vitest";
import { type Server, server } from "../server/servers.ts";

/** What tests/apps/functions.py does. */
const fake = fakeApp({
  "/echo": (text: string) => text,
  "/add": (a: number, b = 10, op = "add") => (op === "add" ? a + b : a - b),
  "/ping": "pong",
  "/multi": endpoint((text: string) => outputs(text, text.length, null), { outputs: 3 }),
  "/count": function* (text: string, steps = 4) {
    let grown = "";
    for (let step = 0; step < steps; step++) {
      grown += `${text}${step} `;
      yield grown;
    }
  },
  "/samegen": stream("same", "same", "same"),
  "/loggen": function* (n: number) {
    for (let step = 0; step < n; step++) {
      yield logged(`before ${step}`);
      yield `step ${step}`;
    }
  },
  "/err": (text: string) => {
    throw new AppError(`user error: ${text}`, { duration: 5, title: "Oops" });
  },
  "/err_quiet": (text: string) => {
    throw new AppError(`quiet error: ${text}`, { duration: null, visible: false });
  },
  "/boom": (text: string) => {
    throw new RangeError(`secret detail: ${text}`);
  },
  "/generr": function* (n: number) {
    for (let step = 0; step < n; step++) yield `step ${step}`;
    throw new AppError("failed in the middle", { title: "Halfway" });
  },
  "/nested_files": async (value: { deep: File[] }) =>
    await Promise.all(
      value.deep.map(async (file) => ({
        orig_name: file.name,
        size: file.size,
        text: await file.text(),
      })),
    ),
  "/file_upper": async (file: File) => new File([(await file.text()).toUpperCase()], "upper.txt"),
});

/** Return what is the same at every run of an event. */
function told(event: GradioEvent): unknown {
  if (event.type === "data") return [event.type, event.data];
  if (event.type === "log")
    return [event.type, event.log, event.level, event.title, event.duration, event.visible];
  if (event.type !== "status") return [event.type];
  return [event.type, event.stage, event.code, event.success, event.title, event.message, event.visible];
}

/** Return what a program is shown of a call, and how it ends. */
async function play(client: Client, name: string, given: unknown[] | object): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    const job = client.submit(name, given, undefined, { events: ["data", "status", "log"] });
    for await (const event of job) seen.push(told(event));
  } catch (error) {
    const { name: kind, message, execution, title, duration, visible } = error as AppError;
    seen.push([kind, message, execution, title, duration, visible, `${error}`]);
  }
  return seen;
}

const CALLS: [name: string, given: unknown[] | object][] = [
  ["/echo", ["a"]],
  ["/echo", { text: "grüße\u2028" }],
  ["/add", [1]],
  ["/add", { a: 5, op: "sub" }],
  ["/ping", []],
  ["/count", ["w"]],
  ["/count", { text: "w", steps: 0 }],
  ["/samegen", []],
  ["/loggen", [2]],
  ["/err", ["x"]],
  ["/err_quiet", ["x"]],
  ["/boom", ["x"]],
  ["/generr", [2]],
  ["/nested_files", [{ deep: [new File(["one"], "a.txt"), new File(["two"], 'b "2".txt')] }]],
];

const OF_FAKE: ClientOptions = { fetch: fake.fetch };
let real: Server;

beforeAll(async () => {
  real = await server();
});

/** Do the same with both apps; return what came of it. */
async function both<T>(use: (client: Client) => Promise<T>): Promise<[fake: T, real: T]> {
  const clients = await Promise.all([Client.connect(fake.url, OF_FAKE), Client.connect(real.url)]);
  try {
    return [await use(clients[0]), await use(clients[1])];
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

test.each(CALLS)("%s %j", async (name, given) => {
  const [scripted, served] = await both((client) => play(client, name, given));
  expect(served.length).toBeGreaterThan(1);
  expect(scripted).toEqual(served);
});

test("a file that comes back", async () => {
  const [scripted, served] = await both(async (client) => {
    const { data } = await client.predict("/file_upper", [new File(["hello"], "a.txt")]);
    const file = data[0] as RemoteFile & { path: string; orig_name: string; size: number };
    const keys = Object.keys(file).sort();
    return { keys, name: file.orig_name, size: file.size, text: await client.read(file).text() };
  });
  expect(scripted).toEqual(served);
  expect(scripted.text).toBe("HELLO");
});

test("calls that are refused before they are sent", async () => {
  const refused: [string, unknown[] | object][] = [
    ["/ech", ["a"]],
    ["/echo", []],
    ["/echo", { txt: "a" }],
    ["/echo", ["a", "b"]],
  ];
  const before = fake.calls.length;
  const [scripted, served] = await both(async (client) => {
    const texts: string[] = [];
    for (const [name, given] of refused) {
      const error = await client.predict(name, given).catch((thrown: unknown) => thrown);
      // The real app has other endpoints, which the first error lists.
      texts.push(`${error}`.replace(/did you mean (\S+?)\?.*$/, "did you mean $1?"));
    }
    return texts;
  });
  expect(scripted).toEqual(served);
  expect(scripted[0]).toContain("EndpointError");
  expect(scripted[1]).toContain("ArgumentError");
  expect(fake.calls.length).toBe(before);
});

test("names of parameters", async () => {
  const [scripted, served] = await both(async (client) => {
    const { named_endpoints } = await client.view_api();
    return ["/echo", "/add", "/count"].map((name) =>
      named_endpoints[name]?.parameters.map((one) => one.parameter_name),
    );
  });
  expect(scripted).toEqual(served);
  expect(scripted[1]).toEqual(["a", "b", "op"]);
});
