/** The limits of a call's time. */

import { JobTimeoutError } from "../errors.ts";
import { type LimitPhase, milliseconds } from "../protocol/policy.ts";
import type { Submission } from "./submission.ts";

const WHAT: Record<LimitPhase, string> = {
  upload: "sending its files",
  queue: "waiting in the queue",
  run: "running",
  total: "the whole call",
};

/** End a job, here and on the server, if it is still in this phase after `seconds`. */
export function watch(job: Submission, phase: LimitPhase, seconds: number): void {
  if (job.done) return;
  const timer = setTimeout(() => {
    if (job.done) return;
    const error = new JobTimeoutError(
      `${job.endpoint.title}: the call's limit of ${seconds} s for ${WHAT[phase]} ran out`,
      { execution: job.tracker.sent ? "unknown" : "not started" },
    );
    job.fail(Object.assign(error, { phase, seconds }));
    job.cancelThere();
  }, milliseconds(seconds));
  const over = () => phase !== "total" && isBehind(job, phase);
  job
    .until(() => job.done || over())
    .finally(() => clearTimeout(timer))
    .catch((failed: unknown) => job.fail(failed));
}

/** Tell whether a job has left a phase. */
function isBehind(job: Submission, phase: LimitPhase): boolean {
  const { tracker } = job;
  if (phase === "upload") return job.uploaded;
  return phase === "queue" && tracker.phase === "running";
}
