/** Jobs whose messages cannot be had any more. */

import { type GradlinkError, SessionLostError, StreamLostError } from "../errors.ts";
import { streamBroken } from "../protocol/failures.ts";
import { longestPause } from "../protocol/policy.ts";
import { pause } from "../protocol/retry.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";

/** End the jobs that are lost with a stream, each with facts of its own, or send them once more. */
export function streamBroke(
  connection: Connection,
  session: SessionRouter<Submission>,
  error: GradlinkError,
): void {
  for (const job of streamBroken(session, error instanceof SessionLostError)) {
    lose(
      connection,
      job,
      Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error)),
    );
  }
}

/** End a job that was on its way when the stream broke, so that nothing may ever come of it. */
export function crossedBreak(connection: Connection, job: Submission): void {
  const text = "the stream of messages broke while the job was on its way: the server has dropped it";
  lose(connection, job, new StreamLostError(text));
}

/** End a job that would use a State that is lost. */
export function stateLost({ lostState }: Connection, job: Submission): void {
  job.fail(
    new SessionLostError(
      `the session ${lostState} was lost with its stream, and its State may be lost with it; call reset_session() to go on with a fresh one, or set session_hash = ${JSON.stringify(lostState)} to go on with what is there`,
      { execution: "not started" },
    ),
  );
}

function lose(connection: Connection, job: Submission, error: GradlinkError): void {
  const { http } = connection;
  const { stateful, rendered } = job.endpoint;
  const { resubmit, retries } = job.options;
  const again = resubmit
    ? job.resent < retries.count
    : error instanceof SessionLostError && !job.resent && retries.count;
  // A call with State is never sent again: it would move to another session.
  if (!again || stateful || rendered || job.done || http.closed) job.lose(error);
  else {
    job.tracker.restart();
    job.resent += 1;
    pause(0, longestPause(retries, job.resent), job.ended, http)
      .then(() => job.done || connection.enter(job))
      .catch((failed: unknown) => job.fail(failed));
  }
}
