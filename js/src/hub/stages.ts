/** The stages of a Space: what each is called, and what it means for callers. */

import { oneLine } from "../escapes.ts";
import { asObject, asText, type JsonValue } from "../protocol/jsonvalue.ts";
import type { SpaceStatus } from "../types.ts";
import { SpaceNotRunningError } from "./errors.ts";

/** What a stage means to a caller: call it, wait, wake it and wait, or give up. */
export type Meaning = "ready" | "pending" | "asleep" | "broken";

/** What the Hub says of a Space that it runs, or does not. */
export interface Runtime {
  /** The Hub's word. */
  readonly stage: string;
  /** What it runs on, undefined before it has run. */
  readonly hardware: string | undefined;
  /** What it will run on. */
  readonly requestedHardware: string | undefined;
  /** After how many seconds without a request it falls asleep. */
  readonly sleepSeconds: number | undefined;
  /** What the Hub says is wrong. */
  readonly problem: string | undefined;
}

type StatusName = SpaceStatus["status"];

/** By stage: what it means, what `status_callback` calls it, and what is said of the Space. */
const STAGES: Readonly<Record<string, readonly [Meaning, StatusName, string]>> = {
  RUNNING: ["ready", "running", "is running"],
  RUNNING_BUILDING: ["ready", "running", "is running, a new version is being built"],
  RUNNING_APP_STARTING: ["ready", "running", "is running, a new version is starting"],
  BUILDING: ["pending", "building", "is being built"],
  APP_STARTING: ["pending", "starting", "is starting"],
  SLEEPING: ["asleep", "sleeping", "is asleep"],
  STOPPED: ["asleep", "sleeping", "is stopped"],
  PAUSED: [
    "broken",
    "paused",
    "is paused: only its author can restart it, others can make a copy with Client.duplicate()",
  ],
  NO_APP_FILE: ["broken", "space_error", "has no app file"],
  CONFIG_ERROR: ["broken", "space_error", "has an error in its configuration, at the top of its README"],
  BUILD_ERROR: ["broken", "space_error", "could not be built"],
  RUNTIME_ERROR: ["broken", "space_error", "has crashed"],
  DELETING: ["broken", "space_error", "is being deleted"],
};
const MAX_SHOWN = 500;

/** Return the runtime that the Hub describes with `value`; a Space without a stage runs. */
export function readRuntime(value: JsonValue | undefined): Runtime {
  const data = asObject(value);
  const { current, requested } = asObject(data["hardware"]);
  const seconds = data["gcTimeout"];
  return {
    stage: asText(data["stage"]) || "RUNNING",
    hardware: asText(current),
    requestedHardware: asText(requested),
    sleepSeconds: typeof seconds === "number" ? seconds : undefined,
    problem: asText(data["errorMessage"]),
  };
}

function known(stage: string): readonly [Meaning, StatusName, string] {
  // An unknown stage is tried.
  return Object.hasOwn(STAGES, stage)
    ? (STAGES[stage] as readonly [Meaning, StatusName, string])
    : ["ready", "running", `is in the stage ${stage}`];
}

/** Return what a stage means to a caller. */
export function meaningOf(stage: string): Meaning {
  return known(stage)[0];
}

/** Return where the Space stands, for people. */
export function describeStage(space_id: string, stage: string): string {
  return oneLine(`the Space ${space_id} ${known(stage)[2]}`);
}

/** Return what `status_callback` is called with for a stage. */
export function statusOf(space_id: string, stage: string, discussions_enabled: boolean): SpaceStatus {
  const [meaning, status] = known(stage);
  const load_status = meaning === "ready" ? "complete" : meaning === "broken" ? "error" : "pending";
  return {
    status,
    load_status,
    message: describeStage(space_id, stage),
    detail: stage,
    ...(meaning === "broken" && { discussions_enabled }),
  } as SpaceStatus;
}

/** Return the error for a Space that does not run; `waited` is undefined if waiting does not help. */
export function notRunning(
  space_id: string,
  { stage, problem }: Runtime,
  link: string,
  waited?: number,
): SpaceNotRunningError {
  let text = describeStage(space_id, stage);
  if (problem) text += ` (${problem.trim().slice(0, MAX_SHOWN)})`;
  if (waited)
    text += `, and was not ready after ${waited.toFixed(0)} s; a longer wait may help (the option wait)`;
  else if (waited === 0) text += ", and wait is 0";
  return new SpaceNotRunningError(`${text}: see ${link}`, space_id, stage, link);
}
