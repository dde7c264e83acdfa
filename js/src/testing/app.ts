/** The scripted app. */

import { ArgumentError } from "../errors.ts";
import { contentOf, isBlob } from "../protocol/filedata.ts";
import {
  asInt,
  asList,
  asObject,
  asText,
  type JsonObject,
  type JsonValue,
  setOwn,
} from "../protocol/jsonvalue.ts";
import type { AbortSignalLike, FetchLike, RequestOptions, ResponseLike } from "../types.ts";
import { API, configOf, infoOf } from "./description.ts";
import { type FakeEndpoint, readEndpoint } from "./endpoint.ts";
import { Files, uploaded } from "./files.ts";
import { CANCELLED, FakeJob } from "./job.ts";
import { checkScript, WrongResult } from "./outputs.ts";
import type { EndpointScript } from "./script.ts";
import { EventBody, Sessions } from "./sessions.ts";

/** A call that arrived at a scripted app. */
export interface Call {
  /** The name of what was called. */
  endpoint: string;
  /**
   * By the names of the parameters, with the defaults of those that were left out, as far as they are known; files are a
   * `File`. What has no names has `argument_1` and so on, as many as were given.
   */
  arguments: Record<string, unknown>;
}

/** How a scripted app is. */
export interface FakeAppOptions {
  /** Callers are told the text of other errors than `AppError`, as with `launch(show_error=True)`; true unless given. */
  show_error?: boolean | undefined;
}

// Each has an address of its own.
let made = 0;

/**
 * A scripted app: it speaks Gradio's wire, in this process, without a port.
 *
 * Each call runs at once. Closing the app stops the calls that run; one that nobody calls has nothing to be closed.
 */
export class FakeApp {
  /** Its address, which only its `fetch` leads to. */
  readonly url: string;
  /** For any number of clients: `Client.connect(app.url, { fetch: app.fetch })`. */
  readonly fetch: FetchLike;
  readonly #endpoints: readonly FakeEndpoint[];
  readonly #descriptions: ReadonlyMap<string, JsonObject>;
  readonly #files: Files;
  readonly #sessions: Sessions = new Sessions();
  readonly #showError: boolean;
  #calls: Call[] = [];
  #closed = false;
  #joined = 0;

  /** `fakeApp()` makes it. */
  constructor(endpoints: Readonly<Record<string, EndpointScript>>, options: FakeAppOptions = {}) {
    made += 1;
    this.url = `http://fake-app-${made}.test/`;
    this.fetch = (url, init) => this.#answer(`${url}`, init);
    this.#endpoints = Object.entries(endpoints).map(([name, script]) => readEndpoint(name, script));
    this.#showError = options.show_error ?? true;
    this.#files = new Files(`${this.url}${API.slice(1)}file=`);
    for (const one of this.#endpoints) checked(one);
    const [app_id = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#descriptions = new Map([
      ["/config", configOf(this.#endpoints, app_id)],
      [`${API}info`, infoOf(this.#endpoints)],
      [`${API}app_id`, { app_id }],
    ]);
  }

  /** The calls so far, in the order in which they arrived. */
  get calls(): Call[] {
    return [...this.#calls];
  }

  /** Forget the calls so far. */
  forget(): void {
    this.#calls = [];
  }

  /** Stop the calls that run, and answer nothing any more. */
  close(): void {
    this.#closed = true;
    this.#sessions.close();
  }

  // -- the wire

  async #answer(address: string, init: RequestOptions = {}): Promise<ResponseLike> {
    const signal = init.signal as AbortSignalLike | null | undefined;
    if (signal?.aborted) throw signal.reason;
    const url = new URL(address);
    if (url.origin !== new URL(this.url).origin)
      throw new TypeError(`${url.origin} cannot be reached from a test: this leads to ${this.url} alone`);
    if (this.#closed) throw new TypeError("the app is closed");
    const { pathname: path } = url;
    const method = (init.method ?? "GET").toUpperCase();
    const route = path.startsWith(API) ? path.slice(API.length) : "";
    const isAsked = method === "GET" || method === "HEAD";
    const description = this.#descriptions.get(path);
    if (isAsked && description) return json(description);
    if (isAsked && route.startsWith("file=")) return this.#file(decodeURIComponent(route.slice(5)));
    if (method === "GET" && route === "queue/data") {
      const events = new EventBody(signal);
      this.#sessions.read(url.searchParams.get("session_hash") ?? "", events);
      return stream(events);
    }
    if (method === "GET" && route === "queue/status")
      return json({ msg: "estimation", rank: null, queue_size: 0, rank_eta: null });
    if (method === "GET" && route.startsWith("heartbeat/")) {
      const events = new EventBody(signal);
      events.send("ALIVE");
      return stream(events);
    }
    if (method !== "POST") return notFound();
    const { bytes, type } = await sentBody(init);
    if (route === "upload") {
      const files = await uploaded(bytes, type);
      return json(files.map(({ name, file }) => this.#files.add(name, file)));
    }
    if (!/^(queue\/join|cancel|reset)$/.test(route)) return notFound();
    const text = new TextDecoder().decode(bytes);
    if (route === "queue/join") return this.#join(text);
    const { session_hash, event_id } = asObject(JSON.parse(text));
    this.#sessions.cancel(asText(session_hash) ?? "", asText(event_id) ?? "", CANCELLED);
    return json({ success: true });
  }

  #join(text: string): ResponseLike {
    const body = asObject(JSON.parse(text));
    const endpoint = this.#endpoints[asInt(body["fn_index"]) ?? -1];
    if (!endpoint) return new Response("Internal Server Error", { status: 500 });
    this.#joined += 1;
    const id = this.#joined.toString(16).padStart(32, "0");
    const hash = asText(body["session_hash"]) ?? "";
    const data = asList(body["data"]);
    const job = new FakeJob(endpoint, this.#given(endpoint, data), {
      files: this.#files,
      tell: (message) => this.#sessions.tell(hash, id, message),
      end: (message) => this.#sessions.end(hash, id, message),
      showError: this.#showError,
    });
    // Made apart from what the function gets, which it may change.
    this.#calls.push({ endpoint: endpoint.name, arguments: this.#named(endpoint, data) });
    this.#sessions.join(hash, id, job);
    job.start();
    return json({ event_id: id });
  }

  /** Return the arguments by name. */
  #named({ parameters, taken }: FakeEndpoint, data: readonly JsonValue[]): Record<string, unknown> {
    const isNamed = taken && !taken.isOpen;
    let count = parameters.length;
    while (!isNamed && count && (data[count - 1] ?? null) === null) count -= 1;
    const named = {};
    for (const [place, one] of parameters.slice(0, count).entries()) {
      const value = data[place] ?? null;
      // The function itself knows what it is then.
      if (value === null && one.hasDefault && one.default === undefined) continue;
      setOwn(named, one.name, this.#files.received(value));
    }
    return named;
  }

  /** Return what a function is called with. */
  #given(endpoint: FakeEndpoint, data: readonly JsonValue[]): unknown[] {
    const { taken, parameters } = endpoint;
    const named = this.#named(endpoint, data);
    if (taken?.byName) return [named];
    return taken?.isOpen ? Object.values(named) : parameters.map(({ name }) => named[name]);
  }

  #file(path: string): ResponseLike {
    const kept = this.#files.at(path);
    if (!kept) return notFound();
    const type = kept.type || "application/octet-stream";
    return new Response(kept.content as BodyInit, { headers: { "content-type": type } });
  }
}

/**
 * Make a scripted app.
 *
 *     const app = fakeApp({ "/caption": "a cat", "/add": ({ a, b = 1 }) => a + b, "/chat": stream("He", "Hello") });
 *     const client = await Client.connect(app.url, { fetch: app.fetch });
 *     await client.predict("/add", { a: 2 }); // data: [3]
 *
 * For each name, with its leading slash, what the endpoint does. A function is called with the arguments in their order, or,
 * if it takes its first parameter apart, with an object of them; its source says their names, and which may be left out. A
 * generator streams, an async function may await. An error is thrown: an `AppError` as `gr.Error` is. What `stream()` and
 * `queued()` return is played. Anything else is the value that is always given, `outputs()` for several, a Blob, File or bytes
 * for a file; the endpoint takes up to ten arguments then, whatever they are.
 *
 * @throws ArgumentError for a name, or a function, that no endpoint can have.
 */
export function fakeApp(
  endpoints: Readonly<Record<string, EndpointScript>>,
  options: FakeAppOptions = {},
): FakeApp {
  return new FakeApp(endpoints, options);
}

function checked(endpoint: FakeEndpoint): void {
  try {
    checkScript(endpoint);
  } catch (error) {
    if (!(error instanceof WrongResult)) throw error;
    throw new ArgumentError(`fakeApp: ${endpoint.name}: ${error.message}`);
  }
}

function json(value: JsonValue): ResponseLike {
  return new Response(JSON.stringify(value), { headers: { "content-type": "application/json" } });
}

function stream({ body }: EventBody): ResponseLike {
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
  return new Response(body as BodyInit, { headers });
}

function notFound(): ResponseLike {
  const headers = { "content-type": "application/json" };
  return new Response('{"detail":"Not Found"}', { status: 404, headers });
}

/** Return what was sent, and its type. */
async function sentBody({ body, headers }: RequestOptions): Promise<{ bytes: Uint8Array; type: string }> {
  const stated = new Headers(headers as HeadersInit).get("content-type");
  if (isBlob(body)) return { bytes: await contentOf(body), type: stated ?? body.type };
  const whole = new Response((body ?? null) as BodyInit | null);
  const type = stated ?? whole.headers.get("content-type") ?? "";
  return { bytes: new Uint8Array(await whole.arrayBuffer()), type };
}
