/** One call of a scripted app. */

import { type AppError, isGradlinkError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import { type FakeEndpoint, functionOf } from "./endpoint.ts";
import type { Files } from "./files.ts";
import { checkItem, edits, outputsOf, WrongResult } from "./outputs.ts";
import { type EndpointFunction, Happening, Hold, isError, Queued, Script, Stream } from "./script.ts";

export const CANCELLED: JsonObject = {
  msg: "process_completed",
  output: {},
  success: true,
  title: null,
  used_cache: null,
  cache_duration: null,
  avg_time: null,
};

/** Where a job lives. */
export interface Surroundings {
  readonly files: Files;
  /** Tells a message of the job. */
  tell(message: JsonObject): void;
  /** Tells the last message. */
  end(message: JsonObject): void;
  /** Callers are told the text of errors that the app did not expect. */
  readonly showError: boolean;
}

// Where a test has put clocks of its own in the place of the timers, it would wait for ever.
const { setTimeout: later } = globalThis;

/** A call. */
export class FakeJob {
  readonly #endpoint: FakeEndpoint;
  /** What its function is called with, without the context. */
  readonly #given: readonly unknown[];
  readonly #around: Surroundings;
  readonly #controller: AbortController = new AbortController();
  readonly #stopped: Promise<never>;
  #values: JsonValue[] | undefined;
  #began = 0;

  constructor(endpoint: FakeEndpoint, given: readonly unknown[], around: Surroundings) {
    this.#endpoint = endpoint;
    this.#given = given;
    this.#around = around;
    this.#stopped = new Promise((_, reject) => {
      const { signal } = this.#controller;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    this.#stopped.catch(() => {});
  }

  /** Begin. */
  start(): void {
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  /** Stop it where it waits: its signal is aborted, a generator is closed. */
  stop(): void {
    this.#controller.abort();
  }

  async #run(): Promise<void> {
    const script = await this.#waitInQueue(this.#endpoint.script);
    this.#around.tell({ msg: "process_starts", eta: null });
    this.#began = Date.now();
    // Undefined for a stream, whose last values are its result.
    const final = (await this.#play(script)) ?? this.#values ?? this.#endpoint.outputs.map(() => null);
    this.#around.end(this.#message("process_completed", final));
  }

  async #waitInQueue(script: unknown): Promise<unknown> {
    const estimate = (rank: number, eta: number | null) =>
      this.#around.tell({ msg: "estimation", rank, queue_size: rank + 1, rank_eta: eta });
    if (!(script instanceof Queued)) estimate(0, null);
    let next = script;
    while (next instanceof Queued) {
      const { at, eta, until, then_ } = next;
      for (let rank = at; rank >= 0; rank--) {
        estimate(rank, eta === undefined ? null : (eta / (at + 1)) * (rank + 1));
        if (until && rank === at) await this.#unlessStopped(until.wait());
      }
      next = then_;
    }
    return next;
  }

  /** Play a script to its end; return its result, undefined if its values were given one by one. */
  async #play(script: unknown): Promise<JsonValue[] | undefined> {
    const run = functionOf(script);
    if (run) return await this.#call(run);
    if (isError(script)) throw script;
    if (script instanceof Queued)
      throw new WrongResult("queued() stands for an endpoint; what has begun to run waits no more");
    if (!(script instanceof Stream)) return await this.#outputs(script);
    for (const item of script.items) await this.#take(item);
    return undefined;
  }

  async #call(run: EndpointFunction): Promise<JsonValue[] | undefined> {
    const { signal } = this.#controller;
    const made: unknown = run(...this.#given, ...(this.#endpoint.taken?.takesContext ? [{ signal }] : []));
    const result = isGenerator(made) ? made : await this.#unlessStopped(Promise.resolve(made));
    if (result instanceof Script) return await this.#play(result);
    if (!isGenerator(result)) return await this.#outputs(result);
    try {
      for (;;) {
        const { done, value } = await this.#unlessStopped(Promise.resolve(result.next()));
        if (done) return undefined;
        await this.#take(value);
      }
    } finally {
      // One that waits for something else ends after it, if ever: nobody waits for that.
      close(result).catch(() => {});
    }
  }

  /** Take what a stream gives. */
  async #take(item: unknown): Promise<void> {
    if (item instanceof Happening) this.#around.tell(item.message);
    else if (item instanceof Hold) await this.#unlessStopped(item.wait());
    else if (isError(item)) throw item;
    else {
      checkItem(item);
      const values = await this.#outputs(item);
      this.#around.tell(this.#message("process_generating", values));
      this.#values = values;
    }
    // What waits elsewhere gets its turn, such as a cancel.
    await this.#unlessStopped(new Promise((resolve) => later(resolve, 0)));
  }

  async #unlessStopped<T>(waiting: Promise<T>): Promise<T> {
    return await Promise.race([this.#stopped, waiting]);
  }

  // -- telling

  async #outputs(value: unknown): Promise<JsonValue[]> {
    return await this.#around.files.sent(outputsOf(this.#endpoint, value));
  }

  #message(msg: "process_generating" | "process_completed", values: JsonValue[]): JsonObject {
    const before = this.#values;
    const isGenerating = msg === "process_generating";
    const took = (Date.now() - this.#began) / 1000;
    const output: JsonObject = {
      data: isGenerating && before ? values.map((one, index) => edits(before[index], one)) : values,
      is_generating: isGenerating,
      duration: took,
      average_duration: took,
      render_config: null,
      changed_state_ids: [],
      used_cache: null,
    };
    const message: JsonObject = { msg, output, success: true };
    if (isGenerating) return { ...message, time_limit: null };
    return { ...message, title: null, used_cache: null, cache_duration: took, avg_time: took };
  }

  #fail(error: unknown): void {
    if (this.#controller.signal.aborted) return;
    const { name } = this.#endpoint;
    let output: JsonObject;
    let title = "Error";
    if (isAppError(error)) {
      const { message, duration, visible } = error;
      title = error.title;
      output = { error: message, duration, visible, title };
    } else if (error instanceof WrongResult) {
      output = { error: `fakeApp: ${name}: ${error.message}`, visible: true };
    } else output = this.#around.showError ? { error: textOf(error), visible: true } : { error: null };
    this.#around.end({ ...CANCELLED, output, success: false, title });
  }
}

/** Tell whether `error` is one of `gr.Error`, of whichever copy of gradlink. */
function isAppError(error: unknown): error is AppError {
  return isGradlinkError(error) && "visible" in error && "title" in error;
}

function textOf(error: unknown): string {
  return isError(error) ? String((error as Error).message) : String(error);
}

type AnyGenerator = Iterator<unknown> | AsyncIterator<unknown>;

/** Tell whether `value` gives values when it is asked to. */
function isGenerator(value: unknown): value is AnyGenerator {
  if (typeof value !== "object" || value === null) return false;
  const canIterate = Symbol.iterator in value || Symbol.asyncIterator in value;
  return canIterate && typeof (value as { next?: unknown }).next === "function";
}

async function close(generator: AnyGenerator): Promise<void> {
  await generator.return?.();
}
