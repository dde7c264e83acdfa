/// <reference lib="esnext.disposable" preserve="true" />
/** The caller's handle of a job: its events, its result, and its end. */

import type { JobState } from "../engine/effects.ts";
import { holdsFile, META } from "../protocol/filedata.ts";
import { replaceInOutputs } from "../protocol/files.ts";
import type { JobTracker, Outcome } from "../protocol/job.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import { shownValues } from "../protocol/outputs.ts";
import type { Payload as Call } from "../protocol/payload.ts";
import type { Retries, Timeout } from "../protocol/policy.ts";
import type { Endpoint } from "../protocol/schema.ts";
import { onAbort } from "../protocol/signals.ts";
import type {
  AbortSignalLike,
  EventType,
  GradioEvent,
  JobStatus,
  PredictReturn,
  SubmitIterable,
  UploadProgress,
} from "../types.ts";
import { CallLog } from "./calllog.ts";
import type { Connection } from "./connection.ts";
import { deltasOf, Iteration } from "./iteration.ts";
import { feed } from "./sending.ts";

/** How a job is sent. */
export interface JobOptions {
  /** What the caller named the endpoint. */
  readonly shown: string;
  readonly events: readonly EventType[];
  readonly event_data: unknown;
  readonly trigger_id?: number | null | undefined;
  readonly headers: Record<string, string>;
  readonly retries: Retries;
  readonly timeout: Timeout;
  readonly resubmit?: boolean | undefined;
  readonly signal?: AbortSignalLike | null | undefined;
  readonly onUploadProgress?: ((progress: UploadProgress) => void) | undefined;
  readonly withState: boolean | undefined;
}

type Next = IteratorResult<GradioEvent, undefined>;

/** A job that was sent with `client.submit()`. */
export class Submission implements SubmitIterable, JobState {
  readonly connection: Connection;
  readonly tracker: JobTracker;
  readonly options: JobOptions;
  call: Call;
  resent = 0;
  cancelling = false;
  stage = 0;
  ran = false;
  /** Its data, when its files have been sent. */
  sentData: JsonValue[] | undefined;
  /** Something else walks through its steps, which are kept for that. */
  keepsSteps = false;
  /** Called once when it has ended. */
  onEnd: (() => void) | undefined;
  /** Aborted when the job has ended: what is done for it alone ends then. Made on demand. */
  #ending: AbortController | undefined;
  readonly #waiters: (() => void)[] = [];
  readonly #log: CallLog | undefined;
  #iteration: Iteration | undefined;

  constructor(connection: Connection, tracker: JobTracker, call: Call, options: JobOptions) {
    this.connection = connection;
    this.tracker = tracker;
    this.call = call;
    this.options = options;
    const { log } = connection.http;
    this.#log = log && new CallLog(log, this);
    const { signal } = options;
    if (signal) {
      const forget = onAbort(signal, () => {
        this.#end(signal).catch(() => {});
      });
      this.signal.addEventListener("abort", forget);
    }
  }

  // -- what callers use

  get status(): JobStatus {
    return this.tracker.phase;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    return this.#events.next();
  }

  async return(): Promise<Next> {
    return this.#events.stop();
  }

  async throw(error?: unknown): Promise<Next> {
    await this.return();
    throw error;
  }

  cancel = (): Promise<void> => this.#end();

  event_id = (): string => this.tracker.event_id ?? "";

  wait_for_id = async (): Promise<string | null> => {
    const { tracker } = this;
    await this.until(() => tracker.event_id !== undefined || this.ended || this.endpoint.direct);
    const { event_id, outcome } = tracker;
    if (event_id === undefined && outcome?.kind === "failed") throw outcome.error;
    return event_id ?? null;
  };

  send_chunk = (payload: object): Promise<void> => this.#feed(payload);

  close_stream = (): Promise<void> => this.#feed();

  async result(): Promise<PredictReturn> {
    await this.until(() => this.ended);
    const outcome = this.tracker.outcome as Outcome;
    if (outcome.kind === "failed") throw outcome.error;
    return this.valuesOf(outcome.data, true);
  }

  async *deltas(): AsyncGenerator<string, void, undefined> {
    yield* deltasOf(this);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  // -- what the connection uses

  get endpoint(): Endpoint {
    return this.call.endpoint;
  }

  get ended(): boolean {
    return !!this.tracker.outcome;
  }

  /** Aborted when the job has ended. */
  get signal(): AbortSignalLike {
    this.#ending ??= new AbortController();
    if (this.ended) this.#ending.abort();
    return this.#ending.signal;
  }

  /** What its events tell of it. */
  get origin(): { endpoint: string; fn_index: number } {
    return { endpoint: this.options.shown, fn_index: this.endpoint.fn_index };
  }

  /** Tell those who wait that something has happened. */
  wake(): void {
    this.#log?.take();
    if (this.ended) {
      this.#ending?.abort();
      this.onEnd?.();
      this.onEnd = undefined;
    }
    if (this.#waiters.length) for (const waiter of this.#waiters.splice(0)) waiter();
  }

  /** Wait until something has happened. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Wait until something holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed();
  }

  async #end(signal?: AbortSignalLike): Promise<void> {
    if (!this.ended) await this.connection.cancel(this, signal);
  }

  get #events(): Iteration {
    this.#iteration ??= new Iteration(this);
    return this.#iteration;
  }

  /** Give a live endpoint further input, or end it; who does not wait need not hear of a failure. */
  #feed(payload?: object): Promise<void> {
    const fed = feed(this, payload);
    fed.catch(() => {});
    return fed;
  }

  /** Return the event that shows these values to the caller, those of State and layout left out. */
  valuesOf(all: JsonValue[], hasFiles: boolean): PredictReturn {
    const { connection, options } = this;
    const { skippedOutputs, plainOutputs, direct, fn_index } = this.endpoint;
    const shown = <T>(items: readonly T[]) =>
      options.withState ? [...items] : shownValues(items, skippedOutputs);
    const values = shown(all);
    const { shown: endpoint } = options;
    const event: PredictReturn = { type: "data", time: new Date(), data: values, endpoint, fn_index };
    if (direct)
      Object.assign(event, { event_data: options.event_data, trigger_id: options.trigger_id ?? null });
    if (!hasFiles || !holdsFile(values)) return event;
    // Their url is the one that gradlink would fetch.
    const make = (data: JsonObject) => ({ meta: { _type: META }, ...data, url: connection.fileUrl(data) });
    const { dialect } = connection.schema;
    return { ...event, data: replaceInOutputs(values, shown(plainOutputs), dialect, make) };
  }
}
