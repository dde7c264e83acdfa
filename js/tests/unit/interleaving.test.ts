// Whatever happens between any two steps of a call, it ends once, does not hang, and says "not started" only of what was
// never sent. The app is played in this process, so that each step between two awaits can be stopped at.

import { Client, type GradlinkError, handle_file } from "gradlink";
import { describe, expect, test } from "vitest";
import type { Submission } from "../../src/client/submission.ts";
import { CONFIG, INFO } from "../server/scripted.ts";

// Of the microtasks that follow a request or an answer; a call makes no more between two of them.
const TICKS = 7;
// Of the turns of the event loop, in which what is loaded late comes.
const TURNS = 1;
const HANG_SECONDS = 10;

const BASE = "http://127.0.0.1:9/";

/** Counts the places where something else can happen, and lets it happen at one of them. */
class Steps {
  count = 0;
  readonly #at: number;
  readonly #act: () => void;

  constructor(at: number, act: () => void) {
    this.#at = at;
    this.#act = act;
  }

  /** Count the places from here on, for a while. */
  follow(): void {
    this.#step();
    this.#ticks(TICKS);
    this.#turns(TURNS);
  }

  #step(): void {
    if (this.count === this.#at) this.#act();
    this.count += 1;
  }

  #ticks(left: number): void {
    if (!left) return;
    queueMicrotask(() => {
      this.#step();
      this.#ticks(left - 1);
    });
  }

  #turns(left: number): void {
    if (!left) return;
    setImmediate(() => {
      this.#step();
      this.#turns(left - 1);
    });
  }
}

type Answer = { status?: number; json?: unknown };

/** An app in this process: what it was asked, and what it answers. */
class App {
  steps: Steps | undefined;
  readonly asked: string[] = [];
  /** What it did not refuse. */
  readonly taken: string[] = [];
  /** What answers a path before the app does, once each. */
  readonly first = new Map<string, Answer>();
  config: Record<string, unknown> = {};
  appId = CONFIG.app_id;
  /** Ends the stream when the next job has joined, so that its messages come on another one. */
  crosses = false;
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #requests = new Set<(error: Error) => void>();
  readonly #waiting: string[] = [];

  readonly fetch = async (input: unknown, init: { method?: string; signal?: AbortSignal } = {}) => {
    const { method = "GET", signal } = init;
    const path = new URL(String(input)).pathname.replace("/gradio_api", "");
    const name = `${method} ${path}`;
    this.asked.push(name);
    if (!this.first.has(name)) this.taken.push(name);
    this.steps?.follow();
    const reply = await new Promise<Response>((resolve, reject) => {
      this.#requests.add(reject);
      signal?.addEventListener("abort", () => reject(signal.reason));
      if (signal?.aborted) reject(signal.reason);
      setImmediate(() => resolve(this.#answer(name, signal)));
    });
    this.steps?.follow();
    return reply;
  };

  /** Break everything that is under way. */
  break(): void {
    const error = new TypeError("terminated");
    for (const reject of this.#requests) reject(error);
    for (const stream of this.#streams) stream.error(error);
    this.#streams.clear();
  }

  say(...messages: object[]): void {
    for (const message of messages) {
      const text = `data: ${JSON.stringify(message)}\n\n`;
      if (!this.#streams.size) this.#waiting.push(text);
      for (const stream of this.#streams) {
        this.steps?.follow();
        if (!this.#streams.has(stream)) continue;
        stream.enqueue(new TextEncoder().encode(text));
        if (!text.includes("close_stream")) continue;
        stream.close();
        this.#streams.delete(stream);
      }
    }
  }

  #answer(name: string, signal: AbortSignal | undefined): Response {
    const given = this.first.get(name);
    this.first.delete(name);
    if (given) return Response.json(given.json ?? {}, { status: given.status ?? 200 });
    switch (name) {
      case "GET /config":
        return Response.json({ ...CONFIG, root: BASE, app_id: this.appId, ...this.config });
      case "GET /info":
        return Response.json(INFO);
      case "GET /app_id":
        return Response.json({ app_id: this.appId });
      case "POST /queue/join":
        setImmediate(() => this.#run("e1"));
        return Response.json({ event_id: "e1" });
      case "POST /queue/data":
        setImmediate(() => this.#run("e1"));
        return Response.json({ success: true });
      case "GET /queue/join":
        return this.#stream(signal, { msg: "send_hash" }, { msg: "send_data", event_id: "e1" });
      case "GET /queue/data":
        return this.#stream(signal);
      case "POST /run/predict":
        return Response.json({ data: ["x"] });
      case "POST /upload":
        return Response.json(["/tmp/there.txt"]);
      case "POST /cancel":
        setImmediate(() => this.say(completed("e1", {}), { msg: "close_stream" }));
        return Response.json({ success: true });
      default:
        return Response.json({}, { status: name === "POST /login" ? 200 : 404 });
    }
  }

  #run(event_id: string): void {
    if (this.crosses) this.say({ msg: "close_stream" });
    const end = completed(event_id, { data: ["x"], duration: 1 });
    this.say({ msg: "process_starts", event_id }, end, { msg: "close_stream" });
  }

  #stream(signal: AbortSignal | undefined, ...messages: object[]): Response {
    let open: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      cancel: () => void this.#streams.delete(open),
      start: (controller) => {
        open = controller;
        this.#streams.add(controller);
        signal?.addEventListener("abort", () => {
          if (this.#streams.delete(controller)) controller.error(signal.reason);
        });
      },
    });
    const waiting = this.#waiting.splice(0).map((text) => JSON.parse(text.slice(6)) as object);
    setImmediate(() => this.say(...messages, ...waiting));
    return new Response(body);
  }
}

function completed(event_id: string, output: object): object {
  return { msg: "process_completed", event_id, success: true, output };
}

/** A way to call the app, and what its sending is. */
interface Call {
  readonly sends: string;
  readonly options?: Record<string, unknown>;
  readonly value?: () => unknown;
  prepare?(app: App, client: Client): unknown;
  readonly config?: Record<string, unknown>;
}

const [DEPENDENCY] = CONFIG.dependencies;
const RETRIES = { count: 2, baseSeconds: 0 };

/** Let the client ask first whether the app is still the same. */
function unheard(client: Client): void {
  (client as unknown as { connection: { heardAt: number } }).connection.heardAt = 0;
}

const CALLS: Record<string, Call> = {
  "through the queue": { sends: "POST /queue/join" },
  "with a file": { sends: "POST /queue/join", value: () => ({ f: handle_file(new Blob(["x"])) }) },
  "after a pause": { sends: "POST /queue/join", prepare: (_, client) => unheard(client) },
  "after a restart": {
    sends: "POST /queue/join",
    prepare: (app, client) => {
      app.appId += 1;
      unheard(client);
    },
  },
  "whose stream ends when it has joined": {
    sends: "POST /queue/join",
    prepare: async (app, client) => {
      await client.predict("/echo", ["first"]);
      app.crosses = true;
    },
  },
  "with a login that has run out": {
    sends: "POST /queue/join",
    options: { auth: ["user", "pass"] },
    prepare: (app) => app.first.set("POST /queue/join", { status: 401 }),
  },
  "that is refused at first": {
    sends: "POST /queue/join",
    prepare: (app) => app.first.set("POST /queue/join", { status: 503, json: { detail: "Queue is full!" } }),
  },
  "without the queue": {
    sends: "POST /run/predict",
    config: { dependencies: [{ ...DEPENDENCY, queue: false }] },
  },
  "on a connection of its own": {
    sends: "POST /queue/data",
    config: { protocol: "sse", version: "4.8.0", api_prefix: "" },
  },
};

type Act = (client: Client, app: App, job: Submission, abort: AbortController) => unknown;

const ACTS: Record<string, Act> = {
  "is cancelled": (_, __, job) => job.cancel(),
  "is aborted": (_, __, ___, abort) => abort.abort(),
  "loses its client": (client) => client.close(),
  "loses its client twice": (client) => Promise.all([client.close(), client.close()]),
  "loses the network": (_, app) => app.break(),
};

async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Fail if something does not end. */
async function ends<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), HANG_SECONDS * 1000);
  });
  return await Promise.race([promise, hang]).finally(() => clearTimeout(timer));
}

/** Make a call, act at its step number `at`, and check how it ends; return whether there was such a step. */
async function play(call: Call, act: Act, at: number): Promise<boolean> {
  const app = new App();
  app.config = call.config ?? {};
  const client = await Client.connect(BASE, { fetch: app.fetch as never, retries: RETRIES, ...call.options });
  await call.prepare?.(app, client);
  app.asked.length = app.taken.length = 0;
  const abort = new AbortController();
  let acted: Promise<unknown> | undefined;
  let job: Submission | undefined;
  let mayBeTaken = true;
  const steps = new Steps(at, () => {
    // What its caller does not want any more is not sent any more.
    mayBeTaken = act === ACTS["loses the network"] || app.taken.includes(call.sends);
    acted = Promise.resolve(act(client, app, job as Submission, abort));
  });
  app.steps = steps;
  job = client.submit("/echo", [call.value?.() ?? "x"], undefined, { signal: abort.signal }) as never;
  steps.follow();
  const { tracker } = job as Submission;
  const error = await ends(
    "the job",
    (job as Submission).result().then(
      () => undefined,
      (failed: GradlinkError) => failed,
    ),
  );
  if (acted) await ends("the action", acted);
  app.steps = undefined;
  await untilIdle();
  const outcomes = tracker.updates.filter(({ kind }) => kind === "succeeded" || kind === "failed");
  const said = `at step ${at}: ${error?.name}: ${error?.message} (${error?.execution}); asked: ${app.asked}`;
  expect(outcomes.length, said).toBe(1);
  if (error) expect(["not started", "failed", "unknown"], said).toContain(error.execution);
  if (!mayBeTaken) expect(app.taken, said).not.toContain(call.sends);
  if (error?.execution === "not started") expect(app.taken, said).not.toContain(call.sends);
  const isOpen = !client.closed;
  await ends("closing", client.close());
  await untilIdle();
  // Nothing is begun when the job is over.
  const before = app.asked.length;
  if (isOpen) await untilIdle();
  expect(app.asked.length, said).toBe(before);
  return steps.count > at;
}

describe.each(Object.entries(CALLS))("a call %s", (_, call) => {
  test.each(Object.entries(ACTS))("that %s at any step", { timeout: 60_000 }, async (__, act) => {
    let at = 0;
    while (await play(call, act, at)) at += 1;
    expect(at).toBeGreaterThan(20);
  });
});

test("a client that is closed at any step of its connecting does not connect", {
  timeout: 60_000,
}, async () => {
  for (let at = 0, more = true; more; at++) {
    const app = new App();
    let made: Client | undefined;
    class Own extends Client {
      override fetch(...given: Parameters<Client["fetch"]>): ReturnType<Client["fetch"]> {
        made = this;
        return super.fetch(...given);
      }
    }
    let closing: Promise<void> | undefined;
    const steps = new Steps(at, () => {
      closing = made?.close();
    });
    app.steps = steps;
    const client = await ends(
      "connecting",
      Own.connect(BASE, { fetch: app.fetch as never, retries: 0 }).catch((error: Error) => error),
    );
    more = steps.count > at;
    if (closing) await ends("closing", closing);
    app.steps = undefined;
    if (client instanceof Client) {
      // It was connected before.
      if (more) expect(() => client.submit("/echo", ["x"]), `at step ${at}`).toThrow("the client is closed");
      await client.close();
    } else expect(client.name, `at step ${at}`).toBe("ClientClosedError");
    const before = app.asked.length;
    await untilIdle();
    expect(app.asked.length).toBe(before);
  }
});
