/** What a job's caller iterates over: its events, in the shapes of `@gradio/client`, or the text that it adds. */

import { type GradlinkError, JobTimeoutError, StreamLostError } from "../errors.ts";
import { type Failed, RELEASED, type Step, type Succeeded, type Update } from "../protocol/job.ts";
import { asNumber, type JsonObject } from "../protocol/jsonvalue.ts";
import { OutputWalk } from "../protocol/outputs.ts";
import { TextWalk } from "../protocol/text.ts";
import type { EventType, GradioEvent, PredictReturn, RenderMessage, Status } from "../types.ts";
import type { Submission } from "./submission.ts";

type Next = IteratorResult<GradioEvent, undefined>;

/** The one walk of a job's caller through its updates. */
export class Iteration {
  readonly #job: Submission;
  readonly #walk: OutputWalk = new OutputWalk();
  readonly #showsData: boolean;
  readonly #showsMore: boolean;
  #pending: GradioEvent[] = [];
  #position = 0;
  #stopped = false;
  #failure: GradlinkError | undefined;

  constructor(job: Submission) {
    this.#job = job;
    const { events } = job.options;
    this.#showsData = events.includes("data");
    this.#showsMore = events.some((type) => type !== "data");
  }

  /** Return the next event; throws the error that ends the job, once. */
  async next(): Promise<Next> {
    const job = this.#job;
    const { updates } = job.tracker;
    for (;;) {
      const value = this.#pending.length ? this.#pending.shift() : undefined;
      if (value) return { done: false, value };
      const failure = this.#failure;
      // Its status was shown before, if that was asked for.
      this.#failure = undefined;
      if (failure) throw failure;
      if (this.#stopped) return { done: true, value: undefined };
      const update = updates[this.#position];
      if (!update) {
        await job.changed();
        continue;
      }
      // A step is let go of, or a long stream would be held in memory as a whole.
      if (update.kind === "step" && !job.keepsSteps) updates[this.#position] = RELEASED;
      this.#position += 1;
      const output = this.#walk.advance(update);
      const data = output && this.#showsData ? job.valuesOf(output.data, output.hasFiles) : undefined;
      if (data && !this.#showsMore && update.kind === "step") return { done: false, value: data };
      if (this.#showsMore) this.#pending = eventsOf(job, update, data);
      else if (data) this.#pending.push(data);
      if (update.kind === "failed") this.#failure = update.error;
      this.#stopped ||= update.kind === "succeeded" || update.kind === "failed";
    }
  }

  /** Listen no more, and cancel the job on the server. */
  stop(): Next {
    this.#stopped = true;
    this.#failure = undefined;
    this.#pending = [];
    this.#job.wake();
    this.#job.cancel().catch(() => {});
    return { done: true, value: undefined };
  }
}

/** Yield the text that each value adds; throws the error that ends the job. Who leaves early cancels it. */
export async function* deltasOf(job: Submission): AsyncGenerator<string, void, undefined> {
  const { updates } = job.tracker;
  job.keepsSteps = true;
  const [walk, text] = [new OutputWalk(), new TextWalk()];
  try {
    for (let position = 0; ; position++) {
      await job.until(() => position < updates.length);
      const update = updates[position] as Update;
      const output = walk.advance(update);
      const added = output ? text.advance(output) : "";
      if (added) yield added;
      if (update.kind === "failed") throw update.error;
      if (update.kind === "succeeded") return;
    }
  } finally {
    job.cancel().catch(() => {});
  }
}

type Shown = Omit<Status, "queue"> & { original_msg?: string };

/** Return the events of an update that the job's caller asked for; `data` is its value, if it is shown. */
function eventsOf(job: Submission, update: Update, data: PredictReturn | undefined): GradioEvent[] {
  const { origin } = job;
  const shows = (type: EventType) => job.options.events.includes(type);
  const events: GradioEvent[] = data ? [data] : [];
  if (update.kind === "log") {
    if (!shows("log")) return events;
    const { message, level, title, duration, visible } = update.log;
    events.push({
      type: "log",
      log: message,
      level: level as "info",
      title,
      duration: duration ?? null,
      visible,
      ...origin,
    });
    return events;
  }
  if (update.kind === "step" || update.kind === "succeeded") {
    const rendered = outputOf(update)["render_config"];
    if (rendered && shows("render")) {
      events.push({ type: "render", data: rendered as never, ...origin } satisfies RenderMessage);
    }
  }
  if (!shows("status")) return events;
  const status = statusOf(update);
  const event: GradioEvent = {
    type: "status",
    queue: !job.endpoint.direct,
    time: new Date(),
    ...origin,
    ...status,
  };
  if (update.kind === "step") events.unshift(event);
  else events.push(event);
  return events;
}

function statusOf(update: Update): Shown {
  switch (update.kind) {
    case "step":
      return {
        stage: update.message.streaming ? "streaming" : "generating",
        eta: outputOf(update)["average_duration"] as number,
        time_limit: asNumber(update.message.raw["time_limit"]),
        changed_state_ids: outputOf(update)["changed_state_ids"] as number[],
      };
    case "succeeded":
      return completed(update);
    case "failed":
      return failed(update);
    case "progress":
      return { stage: "pending", progress_data: update.units };
    case "status":
      return {
        stage: "pending",
        position: update.rank,
        size: update.queue_size,
        eta: update.eta,
        ...(update.status === "PROCESSING" ? { original_msg: "process_starts" } : {}),
      };
    case "log":
    case "released":
      return { stage: "pending" };
  }
}

function outputOf(update: Step | Succeeded): JsonObject {
  return update.kind === "step" ? update.message.output : update.output;
}

function completed({ output, message }: Succeeded): Shown {
  return {
    stage: "complete",
    success: true,
    eta: output["average_duration"] as number,
    changed_state_ids: output["changed_state_ids"] as number[],
    used_cache: message?.raw["used_cache"] as "full",
    cache_duration: asNumber(message?.raw["cache_duration"]),
    avg_time: asNumber(message?.raw["avg_time"]),
  };
}

function failed({ error }: Failed): Shown {
  const { title, duration, visible } = error as GradlinkError & {
    title?: string;
    duration?: number;
    visible?: boolean;
  };
  return {
    stage: "error",
    success: false,
    code: error.code,
    message: error.message,
    title: title ?? "Error",
    duration,
    visible,
    broken: error instanceof StreamLostError || error instanceof JobTimeoutError,
    session_not_found: error.code === "SessionLostError",
  };
}
