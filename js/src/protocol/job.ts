/** A job's state machine, fed with the messages of its event id. Vectors: jobs. */

import {
  type Execution,
  GradlinkError,
  JobCancelledError,
  JobTimeoutError,
  ProtocolError,
  QueueError,
  withFacts,
} from "../errors.ts";
import type { AbortSignalLike } from "../types.ts";
import type { Dialect } from "./dialect.ts";
import { areEdits, replaced } from "./diff.ts";
import { appError, streamError, tellingCall } from "./failures.ts";
import type { JsonObject, JsonValue } from "./jsonvalue.ts";
import type { LogEntry, Message, ProcessCompleted, ProcessGenerating, ProgressUnit } from "./messages.ts";
import type { LimitPhase } from "./policy.ts";

/** Where a job is, according to the server's messages. */
export type JobPhase = "pending" | "queued" | "running" | "succeeded" | "failed" | "cancelled" | "lost";

/** The job has moved; `rank` counts the jobs before it, `eta` is in seconds. */
export interface StatusUpdate {
  readonly kind: "status";
  readonly status: "JOINING_QUEUE" | "IN_QUEUE" | "SENDING_DATA" | "PROCESSING";
  readonly rank?: number | undefined;
  readonly queue_size?: number | undefined;
  readonly eta?: number | undefined;
}

export interface ProgressUpdate {
  readonly kind: "progress";
  readonly units: ProgressUnit[];
}

export interface LogUpdate {
  readonly kind: "log";
  readonly log: LogEntry;
}

/** A value of a generator: `edits` to the step before, or else `data` in full; one entry per output of the function. */
export interface Step {
  readonly kind: "step";
  readonly data?: JsonValue[];
  readonly edits?: JsonValue[];
  /** The server sent edits to a value that it has never sent; there is neither then. */
  readonly isLost?: boolean;
  /** The message that brought it. */
  readonly message: ProcessGenerating;
}

/** The job has a result; `isOutput` unless it repeats the last step. */
export interface Succeeded {
  readonly kind: "succeeded";
  readonly data: JsonValue[];
  readonly isOutput: boolean;
  readonly output: JsonObject;
  /** The message that brought it, undefined on the direct route. */
  readonly message: ProcessCompleted | undefined;
}

/** The job has ended without a result; `error` says why and has its facts. */
export interface Failed {
  readonly kind: "failed";
  readonly error: GradlinkError;
}

/** A step that its caller has taken. */
export interface Released {
  readonly kind: "released";
}

/** Stands for each of them. */
export const RELEASED: Released = { kind: "released" };

export type Outcome = Succeeded | Failed;
export type Update = StatusUpdate | ProgressUpdate | LogUpdate | Step | Released | Outcome;

/** What a tracker has to know of the call. */
export interface TrackedCall {
  readonly api_name: string;
  readonly generator: boolean;
  readonly dialect: Dialect;
  /** The component of each output, null if nobody sees it, of an app that mixes runs. */
  readonly outputs?: readonly (string | null)[];
  /** Nobody asks for its steps. */
  readonly isSilent?: boolean;
  /** What was probably meant by arguments that look wrong; an error of the app says so. */
  readonly hint?: string;
}

const WHAT: Record<LimitPhase, string> = {
  upload: "sending its files",
  queue: "waiting in the queue",
  run: "running",
  total: "the whole call",
};

/** Return the error for a message that something was thrown at. */
export function misread(cause: unknown): GradlinkError {
  if (cause instanceof GradlinkError) return cause;
  return new ProtocolError(`a message of the server cannot be used: ${cause}`, { cause });
}

/** What is known of one job. */
export class JobTracker {
  readonly call: TrackedCall;
  phase: JobPhase = "pending";
  outcome: Outcome | undefined;
  /** Everything that happened, in order; the last is an Outcome once the job has ended. */
  readonly updates: Update[] = [];
  /** The server's name for the job, undefined before the join was accepted. */
  event_id: string | undefined;
  /** The server may have run the job, or may run it yet. */
  sent = false;
  #resent = false;
  #steps = 0;

  constructor(call: TrackedCall) {
    this.call = call;
  }

  /**
   * Take the next message of this job; after the end nothing counts any more.
   *
   * A message of which nothing can be made, for whatever reason, ends the job and nothing else.
   */
  receive(message: Message): void {
    if (this.outcome) return;
    this.sent = true;
    try {
      this.#take(message);
    } catch (cause) {
      this.fail(misread(cause));
    }
  }

  #take(message: Message): void {
    const { updates } = this;
    switch (message.msg) {
      case "process_generating": {
        this.phase = "running";
        const { data } = message;
        const { sendsEdits, mixesRuns } = this.call.dialect;
        const isEdits = sendsEdits && !message.streaming;
        this.#steps += 1;
        if (this.call.isSilent) updates.push(RELEASED);
        else if (isEdits && this.#steps > 1) updates.push({ kind: "step", edits: data, message });
        else if (isEdits && mixesRuns && areEdits(data, this.call.outputs ?? [])) {
          const values = replaced(data, this.call.outputs);
          updates.push(
            values ? { kind: "step", data: values, message } : { kind: "step", isLost: true, message },
          );
        } else updates.push({ kind: "step", data, message });
        break;
      }
      case "process_completed":
        this.#completed(message);
        break;
      case "estimation":
        if (this.phase === "running") break;
        this.phase = "queued";
        updates.push({
          kind: "status",
          status: "IN_QUEUE",
          rank: message.rank,
          queue_size: message.queue_size,
          eta: message.eta,
        });
        break;
      case "process_starts":
        this.phase = "running";
        updates.push({ kind: "status", status: "PROCESSING", eta: message.eta });
        break;
      case "progress":
        this.phase = "running";
        updates.push({ kind: "progress", units: message.units });
        break;
      case "unreadable":
        this.fail(message.error);
        break;
      case "log":
        updates.push({ kind: "log", log: message.log });
        break;
      case "send_hash":
        updates.push({ kind: "status", status: "JOINING_QUEUE" });
        break;
      case "send_data":
        updates.push({ kind: "status", status: "SENDING_DATA" });
        break;
      case "queue_full": {
        const text = `${this.call.api_name}: the app's queue is full`;
        this.fail(new QueueError(text, { execution: "not started" }));
        break;
      }
      case "unexpected_error":
        this.lose(streamError(message));
        break;
      default: // those that concern no job
    }
  }

  /** Note that the server may run the job from now on; false if it has ended, and must not be sent. */
  beginSending(): boolean {
    this.sent ||= !this.outcome;
    return !this.outcome;
  }

  /** Note that the server has accepted the job. */
  joined(event_id: string | undefined): void {
    this.event_id = event_id;
    this.sent = true;
    if (this.phase === "pending" && !this.updates.length) {
      this.updates.push({ kind: "status", status: "JOINING_QUEUE" });
    }
  }

  /**
   * Start over: the job is sent again. Values received so far are kept, and will come again.
   *
   * False if it has ended, and stays so.
   */
  restart(): boolean {
    if (this.outcome) return false;
    this.phase = "pending";
    this.event_id = undefined;
    this.#resent = true;
    this.#steps = 0;
    return true;
  }

  /** End the job because a time limit ran out. */
  expire(phase: LimitPhase, seconds: number): void {
    const { api_name, dialect } = this.call;
    let said = `${api_name}: the call's limit of ${seconds} s for ${WHAT[phase]} ran out`;
    if (this.sent && this.phase !== "running" && phase !== "upload" && dialect.queueMayStop) {
      said += `; its turn did not come, and the queue of Gradio ${dialect.release} can stop for good (a call of a batch function or of an unknown one is enough): the app may have to be restarted`;
    }
    this.stop(new JobTimeoutError(said, { phase, seconds }));
  }

  /** End the job with the answer of the direct route. */
  succeed(output: JsonObject & { data: JsonValue[] }): void {
    this.#end("succeeded", {
      kind: "succeeded",
      data: output.data,
      isOutput: true,
      output,
      message: undefined,
    });
  }

  /** End the job because it failed or was refused. */
  fail(error: GradlinkError): void {
    // What it was sent for first may have run.
    if (this.#resent && error.execution === "not started") withFacts(error, { execution: "unknown" });
    this.#end("failed", { kind: "failed", error });
  }

  /** End the job for a reason of this program's, which says nothing of what the server does. */
  stop(error: GradlinkError): void {
    this.fail(withFacts(error, { execution: this.#mayRun }));
  }

  /** End the job as cancelled, by `signal` if it is given; the outputs so far stay. */
  cancel(signal?: AbortSignalLike): void {
    const error = new JobCancelledError(`${this.call.api_name}: the job was cancelled`, {
      execution: this.#mayRun,
      ...(signal && { cause: signal.reason, aborted: true }),
    });
    this.#end("cancelled", { kind: "failed", error });
  }

  /** End the job because its messages cannot be had any more. */
  lose(error: GradlinkError): void {
    // A job that the server may have accepted may run, whatever phase it was seen in last.
    const execution = this.#resent ? "unknown" : this.#mayRun;
    this.#end("lost", { kind: "failed", error: withFacts(error, { execution }) });
  }

  /** What is known of the function when the job ends without the server saying so. */
  get #mayRun(): Execution {
    return this.sent ? "unknown" : "not started";
  }

  #completed(message: ProcessCompleted): void {
    const { api_name, generator, dialect, hint } = this.call;
    const { data, output } = message;
    if (!message.success) this.fail(appError(output, message.title, dialect, api_name, hint));
    else if (data) {
      const empty = generator && !message.raw["used_cache"] && data.every((value) => value === null);
      this.#end("succeeded", { kind: "succeeded", data, isOutput: !this.#steps && !empty, output, message });
    }
    // The server's answer to /cancel is a success with nothing of a result in it.
    else if (
      !("data" in output || "is_generating" in output || "duration" in output || "average_duration" in output)
    ) {
      this.cancel();
    } else {
      this.fail(
        new ProtocolError(`${api_name}: the server completed the job without data`, {
          execution: "unknown",
        }),
      );
    }
  }

  #end(phase: JobPhase, outcome: Outcome): void {
    if (this.outcome) return;
    this.phase = phase;
    let ended = outcome;
    if (outcome.kind === "failed") {
      const { error } = outcome;
      const { endpoint, eventId = this.event_id, execution, logs } = error;
      withFacts(error, {
        endpoint: endpoint ?? this.call.api_name,
        ...(eventId !== undefined && { eventId }),
        execution: execution ?? this.#mayRun,
        logs: logs.length
          ? logs
          : this.updates.flatMap((one) => (one.kind === "log" ? [one.log.message] : [])),
      });
      ended = { kind: "failed", error: tellingCall(error) };
    }
    this.outcome = ended;
    this.updates.push(ended);
  }
}
