/** The events of a job beside its values, in the shapes of `@gradio/client`. */

import { type GradlinkError, JobTimeoutError, StreamLostError } from "../errors.ts";
import type { Failed, Step, Succeeded, Update } from "../protocol/job.ts";
import { asNumber, type JsonObject } from "../protocol/jsonvalue.ts";
import type { EventType, GradioEvent, PredictReturn, RenderMessage, Status } from "../types.ts";
import type { Submission } from "./submission.ts";

type Shown = Omit<Status, "queue"> & { original_msg?: string };

/** Return the events of an update that the job's caller asked for; `data` is its value, if it is shown. */
export function eventsOf(job: Submission, update: Update, data: PredictReturn | undefined): GradioEvent[] {
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
