/// <reference lib="esnext.disposable" preserve="true" />
/** The caller's handle of a job: its events, its result, and its end. */

import { GradlinkError, ProtocolError } from "../errors.ts";
import { holdsFile, META } from "../protocol/filedata.ts";
import { replaceInOutputs } from "../protocol/files.ts";
import type { JobTracker, Outcome } from "../protocol/job.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import type { Message } from "../protocol/messages.ts";
import { shownValues } from "../protocol/outputs.ts";
import type { Payload as Call } from "../protocol/payload.ts";
import type { LimitPhase, Retries, Timeout } from "../protocol/policy.ts";
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
import type { Connection } from "./connection.ts";
import { deltasOf, Iteration } from "./iteration.ts";
import { feed } from "./stream-input.ts";
import { watch } from "./timeouts.ts";

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

/** Return the error for a message that something was thrown at. */
export function misread(cause: unknown): GradlinkError {
  if (cause instanceof GradlinkError) return cause;
  return new ProtocolError(`a message of the server cannot be used: ${cause}`, { cause });
}

/** A job that was sent with `client.submit()`. */
export class Submission implements SubmitIterable {
  readonly connection: Connection;
  readonly tracker: JobTracker;
  readonly options: JobOptions;
  call: Call;
  /** How often it was sent once more. */
  resent = 0;
  /** Its files have been sent. */
  uploaded = false;
  /** Something else walks through its steps, which are kept for that. */
  keepsSteps = false;
  /** The cancel of a job that was being sent has been sent, or none was needed. */
  cancelSent = false;
  /** Aborted when the job has ended: what is done for it alone ends then. Made on demand. */
  #ending: AbortController | undefined;
  /** Aborted when its join is not waited for any more, some time after its end: its answer names what is to be cancelled. */
  readonly #leaving: AbortController = new AbortController();
  readonly #waiters: (() => void)[] = [];
  #iteration: Iteration | undefined;

  constructor(connection: Connection, tracker: JobTracker, call: Call, options: JobOptions) {
    this.connection = connection;
    this.tracker = tracker;
    this.call = call;
    this.options = options;
    const { signal } = options;
    if (signal) {
      const forget = onAbort(signal, () => {
        this.#end(signal).catch(() => {});
      });
      this.ended.addEventListener("abort", forget);
    }
    this.enter("total");
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
    await this.until(() => tracker.event_id !== undefined || this.done || this.call.endpoint.direct);
    const { event_id, outcome } = tracker;
    if (event_id === undefined && outcome?.kind === "failed") throw outcome.error;
    return event_id ?? null;
  };

  send_chunk = (payload: object): Promise<void> => this.#feed(payload);

  close_stream = (): Promise<void> => this.#feed();

  async result(): Promise<PredictReturn> {
    await this.until(() => this.done);
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

  get done(): boolean {
    return !!this.tracker.outcome;
  }

  /** Aborted when the job has ended. */
  get ended(): AbortSignalLike {
    this.#ending ??= new AbortController();
    if (this.done) this.#ending.abort();
    return this.#ending.signal;
  }

  /** Aborted when nobody waits for the answer to its join any more. */
  get left(): AbortSignalLike {
    return this.#leaving.signal;
  }

  leave(): void {
    this.#leaving.abort();
  }

  /** What its events tell of it. */
  get origin(): { endpoint: string; fn_index: number } {
    return { endpoint: this.options.shown, fn_index: this.endpoint.fn_index };
  }

  /** The job enters a phase of its limits. */
  enter(phase: LimitPhase): void {
    const limit = this.options.timeout[phase];
    if (limit !== null) watch(this, phase, limit);
  }

  /** Take a message of the server about the job; whatever cannot be made of it ends this job and no other. */
  receive(message: Message): void {
    const before = this.tracker.phase;
    try {
      this.tracker.receive(message);
      if (before !== "running" && this.status === "running") this.enter("run");
    } catch (cause) {
      this.fail(misread(cause));
    }
    this.connection.watchQueue(this, message);
    this.wake();
  }

  /** Tell the server that the job has ended here, in the background. */
  cancelThere(): void {
    this.connection.cancel(this).catch(() => {});
  }

  fail(error: unknown): void {
    this.tracker.fail(
      error instanceof GradlinkError
        ? error
        : new GradlinkError(`it could not be sent: ${error}`, {
            execution: this.tracker.sent ? "unknown" : "not started",
            cause: error,
          }),
    );
    this.wake();
  }

  lose(error: GradlinkError): void {
    this.tracker.lose(error);
    this.wake();
  }

  /** Tell those who wait that something has happened. */
  wake(): void {
    if (this.done) this.#ending?.abort();
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
    if (this.done) return;
    this.tracker.cancel(signal);
    this.wake();
    await this.connection.cancel(this);
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
