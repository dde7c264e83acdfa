// The black-box suite: what has to work in each runtime, against a real Gradio server.
//
// It imports nothing, and uses nothing but what all runtimes have: it is handed the package as that runtime loads it.

import type * as Gradlink from "gradlink";
import type * as Testing from "gradlink/testing";

type Package = typeof Gradlink;
type Client = Gradlink.Client;

/** The package as a runtime has loaded it. */
export interface Loaded {
  readonly gradlink: Package;
  /** `gradlink/testing`; null where that cannot be loaded. */
  readonly testing: typeof Testing | null;
}

/** Where the suite plays, as the runner knows it. */
export interface Place {
  /** Addresses of servers; null where that one cannot be reached from here. */
  readonly servers: {
    readonly base: string;
    readonly auth: string;
    readonly tls: string | null;
    readonly foreign: string | null;
  };
  /** What steers the servers: see control.ts. */
  readonly control: string;
  /** What a page has to ask for so that its login is sent to another port. */
  readonly credentials: "include" | null;
}

/** How one scenario went. */
export interface Result {
  readonly scenario: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** One thing that has to work. Its parts play one after the other, in Workers each in a request of its own. */
export interface Scenario {
  readonly name: string;
  readonly parts: readonly ((stage: Stage) => Promise<void>)[];
}

const PATIENCE_MS = 40_000;

/** What a scenario has at hand. */
export class Stage {
  readonly gradlink: Package;
  readonly testing: typeof Testing | null;
  readonly place: Place;
  /** What one part leaves to the next. */
  readonly kept: Map<string, unknown>;
  readonly #clients: Client[] = [];

  constructor({ gradlink, testing }: Loaded, place: Place, kept: Map<string, unknown>) {
    this.gradlink = gradlink;
    this.testing = testing;
    this.place = place;
    this.kept = kept;
  }

  /** Connect to a server; the client is closed after the scenario. */
  async connect(
    url: string = this.place.servers.base,
    options: Record<string, unknown> = {},
  ): Promise<Client> {
    const client = await this.gradlink.Client.connect(url, options);
    this.#clients.push(client);
    return client;
  }

  /** Keep a client open for the next part. */
  keep(client: Client): void {
    this.#clients.splice(this.#clients.indexOf(client), 1);
    this.kept.set("client", client);
  }

  /** Take over the client that a former part kept. */
  takeOver(): Client {
    const client = this.kept.get("client") as Client;
    this.#clients.push(client);
    return client;
  }

  /** Ask or steer the server that the base URL leads to. */
  async control(method: string, path: string, query: Record<string, string | number>): Promise<unknown> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    const reply = await fetch(`${this.place.control}/base/${method}${path}?${parameters}`);
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
    return await reply.json();
  }

  async reach(key: string, what: string, count = 1): Promise<void> {
    await this.control("GET", "/_reach", { key, what, count });
  }

  async openGate(key: string, times = 1): Promise<void> {
    await this.control("POST", "/_open_gate", { key, times });
  }

  async counts(key: string): Promise<Record<string, number>> {
    return (await this.control("GET", "/_counts", { key })) as Record<string, number>;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) await client.close();
  }
}

/** Play one part of one scenario. */
export async function playPart(
  loaded: Loaded,
  place: Place,
  name: string,
  part: number,
  kept: Map<string, unknown>,
): Promise<Result> {
  const run = SCENARIOS.find((scenario) => scenario.name === name)?.parts[part];
  if (!run) throw new Error(`there is no part ${part} of ${name}`);
  const stage = new Stage(loaded, place, kept);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still running after ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    await Promise.race([run(stage), late]);
    await Promise.race([stage.close(), late]);
    return { scenario: name, passed: true, detail: "" };
  } catch (error) {
    await Promise.race([stage.close(), late]).catch(() => {});
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { scenario: name, passed: false, detail: text };
  } finally {
    clearTimeout(timer);
  }
}

/** Play these scenarios, all parts in one go. */
export async function play(loaded: Loaded, place: Place, names: readonly string[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const scenario of SCENARIOS.filter(({ name }) => names.includes(name))) {
    const kept = new Map<string, unknown>();
    let result: Result = { scenario: scenario.name, passed: true, detail: "" };
    for (const part of scenario.parts.keys()) {
      if (result.passed) result = await playPart(loaded, place, scenario.name, part, kept);
    }
    results.push(result);
  }
  return results;
}

/** Fail unless both are the same as JSON. */
function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left} instead of ${right}`);
}

function holds(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

/** Return the error of a promise that has to fail. */
async function failure(promise: Promise<unknown>, what: string): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    holds(error instanceof Error, `${what} fails with an Error`);
    return error as Error & Record<string, unknown>;
  }
  throw new Error(`${what} did not fail`);
}

/** Return all data of a stream, and the error that ended it, if one did. */
async function drain(events: AsyncIterable<Gradlink.GradioEvent>): Promise<[unknown[], Error | null]> {
  const values: unknown[] = [];
  try {
    for await (const event of events) if (event.type === "data") values.push(event.data[0]);
  } catch (error) {
    holds(error instanceof Error, "a stream fails with an Error");
    return [values, error];
  }
  return [values, null];
}

let unique = 0;

/** Return a key that nobody else uses at the server. */
function newKey(what: string): string {
  unique += 1;
  return `${what} ${Math.random().toString(36).slice(2)} ${unique}`;
}

async function connects(stage: Stage): Promise<void> {
  const client = await stage.connect();
  holds(/^\d+\.\d+/.test(String(client.config?.version)), "the app tells its version");
}

async function describes(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const api = await client.view_api();
  same(
    api.named_endpoints["/add"]?.parameters.map((parameter) => parameter.parameter_name),
    ["a", "b", "op"],
    "parameters of /add",
  );
}

async function predicts(stage: Stage): Promise<void> {
  const client = await stage.connect();
  same((await client.predict("/add", [1, 2, "add"])).data, [3], "by position");
  same((await client.predict("/add", { a: 1 })).data, [11], "by keyword, with defaults");
  same((await client.predict("/add", { op: "sub", a: 5, b: 7 })).data, [-2], "in any order");
  same((await client.predict("/fast", ["no queue"])).data, ["no queue"], "without the queue");
  same((await client.predict("/multi", ["four"])).data.slice(0, 2), ["four", 4], "several outputs");
  const error = await failure(
    Promise.resolve().then(() => client.predict("/add", { wrong: 1 })),
    "a wrong name",
  );
  holds(error.message.includes("wrong"), "the error names what is wrong");
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => client.predict("/echo", [`${index}`])),
  );
  same(
    answers.map((answer) => answer.data[0]),
    ["0", "1", "2", "3", "4", "5", "6", "7"],
    "eight at once",
  );
}

async function streams(stage: Stage): Promise<void> {
  const client = await stage.connect();
  same(
    await drain(client.submit("/count", ["ä", 3])),
    [["ä0 ", "ä0 ä1 ", "ä0 ä1 ä2 "], null],
    "each value once",
  );
  const key = newKey("stream");
  const job = client.submit("/gategen", [key, 2]);
  const values: unknown[] = [];
  await stage.openGate(key);
  for await (const event of job) {
    if (event.type !== "data") continue;
    values.push(event.data[0]);
    // The second value is made only now: the first one was here before.
    if (values.length === 1) await stage.openGate(key);
  }
  same(values, ["tick 0", "tick 1"], "values as they are made");
}

async function queuePosition(stage: Stage): Promise<void> {
  const client = await stage.connect(undefined, { events: ["status", "data"] });
  const [first, second] = [newKey("first"), newKey("second")];
  const running = client.predict("/gate", [first]);
  await stage.reach(first, "started");
  let position: number | undefined;
  let opened = false;
  let value: unknown;
  for await (const event of client.submit("/gate", [second])) {
    if (event.type === "data") value = event.data[0];
    if (event.type !== "status" || opened || typeof event.position !== "number") continue;
    position = event.position;
    opened = true;
    await stage.openGate(first);
    await stage.openGate(second);
  }
  same(position, 0, "the position of the second job");
  same(value, `passed ${second}`, "its value");
  same((await running).data, [`passed ${first}`], "the value of the first");
}

async function filesUp(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const named = new File(["in a file"], "größe.txt", { type: "text/plain" });
  const nested = { list: [new Blob(["in a blob"]), { deep: named }] };
  const [found] = (await client.predict("/nested_files", [nested])).data as [{ text: string }[]];
  same(
    found.map(({ text }) => text),
    ["in a blob", "in a file"],
    "files anywhere in a value",
  );
  holds(nested.list[0] instanceof Blob, "the arguments stay as they were");
  const bytes = new TextEncoder().encode("bytes");
  const [digest] = (await client.predict("/file_digest", [stage.gradlink.handle_file(bytes)])).data;
  same(
    digest,
    { size: 5, sha256: "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9" },
    "a typed array",
  );
}

async function filesDown(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const [file] = (await client.predict("/make_file", ["tö x.txt", "größer"])).data as [Gradlink.FileData];
  holds(String(file.url).startsWith(client.config?.root ?? ""), "the file has an address at the app");
  same(file.orig_name, "tö x.txt", "its name");
  same(await client.read(file).text(), "größer", "its content");
  same((await client.read(file).blob()).size, 8, "its bytes");
  const [upper] = (await client.predict("/file_upper", [new Blob(["up and down"])])).data as [
    Gradlink.FileData,
  ];
  same(await client.read(upper).text(), "UP AND DOWN", "up and down");
}

async function cancels(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const [key, other] = [newKey("cancelled"), newKey("other")];
  const goesOn = client.predict("/gate_parallel", [other]);
  const job = client.submit("/gategen", [key, 50]);
  const values: unknown[] = [];
  await stage.openGate(key);
  try {
    for await (const event of job) {
      if (event.type !== "data") continue;
      values.push(event.data[0]);
      await job.cancel();
    }
  } catch (error) {
    holds(error instanceof Error && /cancel/i.test(error.message), `the job says it was cancelled: ${error}`);
  }
  same(values, ["tick 0"], "no value after the cancel");
  await stage.reach(key, "ended");
  same((await stage.counts(key))["finished"], undefined, "the function was stopped");
  await stage.openGate(other);
  same((await goesOn).data, [`passed ${other}`], "another job of the client goes on");
  same((await client.predict("/echo", ["after"])).data, ["after"], "and the next call works");
}

async function leavesLoop(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const key = newKey("left");
  await stage.openGate(key);
  for await (const event of client.submit("/gategen", [key, 50])) if (event.type === "data") break;
  await stage.reach(key, "ended");
  same((await stage.counts(key))["finished"], undefined, "the function was stopped");
}

async function appErrors(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const error = await failure(client.predict("/err", ["x"]), "/err");
  holds(error.message.includes("user error: x"), `the app's own text: ${error.message}`);
  same(error["title"], "Oops", "its title");
  const [values, midway] = await drain(client.submit("/generr", [2]));
  same(values, ["step 0", "step 1"], "values before an error");
  holds(midway?.message.includes("failed in the middle"), `the error of a stream: ${midway?.message}`);
  const direct = await failure(client.predict("/fast_err", ["y"]), "/fast_err");
  holds(direct.message.includes("user error: y"), `without the queue: ${direct.message}`);
}

async function logsIn(stage: Stage): Promise<void> {
  const { auth } = stage.place.servers;
  const { credentials } = stage.place;
  const more = credentials ? { credentials } : {};
  const client = await stage.connect(auth, { auth: ["user", "pass"], ...more });
  const [who] = (await client.predict("/whoami", [])).data as [{ username: string }];
  same(who.username, "user", "who the app sees");
  const [file] = (await client.predict("/make_file", ["a.txt", "mine"])).data as [Gradlink.FileData];
  same(await client.read(file).text(), "mine", "a download with the login");
  const [upper] = (await client.predict("/file_upper", [new Blob(["up"])])).data as [Gradlink.FileData];
  same(await client.read(upper).text(), "UP", "an upload with the login");
  const wrong = await failure(stage.connect(auth, { auth: ["user", "wrong"], ...more }), "a wrong password");
  holds(/credential|password|login/i.test(wrong.message), `what is wrong: ${wrong.message}`);
}

async function survivesCut(stage: Stage): Promise<void> {
  const client = await stage.connect();
  const key = newKey("cut");
  await stage.openGate(key);
  let values = 0;
  const cut = async (): Promise<void> => {
    for await (const event of client.submit("/gategen", [key, 50])) {
      if (event.type !== "data") continue;
      values += 1;
      await stage.control("POST", "/_cut", { path: "/gradio_api/queue/data" });
    }
  };
  await failure(cut(), "a job whose stream was cut");
  same(values, 1, "values before the cut");
  same((await client.predict("/echo", ["again"])).data, ["again"], "the next call");
}

async function trustsOwnCertificate(stage: Stage): Promise<void> {
  const { tls } = stage.place.servers;
  holds(tls, "there is a server with a certificate of its own");
  same(new URL(tls).protocol, "https:", "its protocol");
  const client = await stage.connect(tls);
  same((await client.predict("/echo", ["secret"])).data, ["secret"], "over https");
  same((await drain(client.submit("/count", ["x", 2])))[0], ["x0 ", "x0 x1 "], "a stream over https");
}

async function crossesOrigins(stage: Stage): Promise<void> {
  const { foreign } = stage.place.servers;
  holds(foreign, "the app has another name");
  holds(new URL(foreign).host !== globalThis.location.host, "the app is on another host");
  const client = await stage.connect(foreign);
  same((await client.predict("/echo", ["far"])).data, ["far"], "from another origin");
  const [upper] = (await client.predict("/file_upper", [new Blob(["far"])])).data as [Gradlink.FileData];
  same(await client.read(upper).text(), "FAR", "files from another origin");
  same(
    (await drain(client.submit("/count", ["x", 2])))[0],
    ["x0 ", "x0 x1 "],
    "a stream from another origin",
  );
}

async function keepsClient(stage: Stage): Promise<void> {
  const client = await stage.connect();
  same((await client.predict("/echo", ["first"])).data, ["first"], "the first use");
  stage.keep(client);
}

async function usesKeptClient(stage: Stage): Promise<void> {
  const client = stage.takeOver();
  same((await client.predict("/echo", ["second"])).data, ["second"], "the second use");
  same((await drain(client.submit("/count", ["x", 2])))[0], ["x0 ", "x0 x1 "], "a stream");
}

async function callsScriptedApp(stage: Stage): Promise<void> {
  holds(stage.testing?.fakeApp, "the package has a scripted app");
  const { fakeApp, stream } = stage.testing;
  const app = fakeApp({
    "/add": ({ a, b = 1 }) => a + b,
    "/chat": stream("He", "Hello"),
    "/broken": new stage.gradlink.AppError("out of memory", { title: "Too large" }),
    "/upper": async (file: Blob) => new Blob([(await file.text()).toUpperCase()]),
  });
  const client = await stage.connect(app.url, { fetch: app.fetch });
  same((await client.predict("/add", { a: 2 })).data, [3], "a function with a default");
  same(await drain(client.submit("/chat")), [["He", "Hello"], null], "each value once");
  const error = await failure(client.predict("/broken"), "/broken");
  same([error.name, error.message, error["title"]], ["AppError", "out of memory", "Too large"], "its error");
  const [upper] = (await client.predict("/upper", [new Blob(["up"])])).data as [Gradlink.FileData];
  same(await client.read(upper).text(), "UP", "a file, up and down");
  same(
    app.calls.map(({ endpoint }) => endpoint),
    ["/add", "/chat", "/broken", "/upper"],
    "the calls that it had",
  );
  same(app.calls[0]?.arguments, { a: 2, b: 1 }, "the arguments of the first");
}

/** All scenarios, in the order in which they play. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "connect", parts: [connects] },
  { name: "view_api", parts: [describes] },
  { name: "predict", parts: [predicts] },
  { name: "streaming", parts: [streams] },
  { name: "queue position", parts: [queuePosition] },
  { name: "files up", parts: [filesUp] },
  { name: "files down", parts: [filesDown] },
  { name: "cancel", parts: [cancels] },
  { name: "leaving the loop", parts: [leavesLoop] },
  { name: "app error", parts: [appErrors] },
  { name: "login", parts: [logsIn] },
  { name: "after a cut", parts: [survivesCut] },
  { name: "kept client", parts: [keepsClient, usesKeptClient] },
  { name: "own certificate", parts: [trustsOwnCertificate] },
  { name: "other origin", parts: [crossesOrigins] },
  { name: "scripted app", parts: [callsScriptedApp] },
];
