/** What is lost with a stream of messages. Vectors: routers. */

import { ServerStoppedError, SessionLostError, StreamLostError } from "../errors.ts";
import type { UnexpectedError } from "./messages.ts";
import type { SessionRouter } from "./router.ts";

/**
 * Note that the stream of a session broke; return the jobs that are lost with it.
 *
 * After a clean end nothing is lost: a job that is still pending joined while the server closed, its messages wait for
 * the next stream. So do those of jobs that were accepted after the stream was asked for, if it ended because the
 * server did not know the session. After any other end the server drops the session's jobs.
 */
export function streamBroken<Job>(session: SessionRouter<Job>, isUnknown: boolean): Job[] {
  const { entries, unclaimed, inDoubt } = session;
  const lost: Job[] = [];
  if (isUnknown) session.registered = false;
  for (const [event_id, entry] of entries) {
    if (isUnknown && !session.openedWith.has(event_id)) continue;
    lost.push(entry.job);
    entries.delete(event_id);
  }
  if (!isUnknown) {
    // A join that is on its way may have been accepted before, and dropped with the others.
    for (const job of session.sent) inDoubt.add(job);
    // What came of them before the break says nothing, unless it is the end.
    for (const [event_id, kept] of unclaimed) {
      if (!kept.some((message) => message.msg === "process_completed")) unclaimed.delete(event_id);
    }
  }
  // The server never takes the lost ids off its list: later streams of it would not end.
  if (lost.length || inDoubt.size) session.unusable = true;
  return lost;
}

/** Return what an `unexpected_error` of the stream means for the jobs on it. */
export function streamError(message: UnexpectedError): StreamLostError {
  const said = `(it said: ${message.message})`;
  if (message.session_not_found) {
    return new SessionLostError(
      `the server no longer knows this session: it was restarted, or several replicas run behind this URL without sticky sessions ${said}`,
    );
  }
  if (/stopped/i.test(message.message)) return new ServerStoppedError(`the server is shutting down ${said}`);
  return new StreamLostError(`the server aborted the stream ${said}`);
}
