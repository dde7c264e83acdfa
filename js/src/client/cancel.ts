/** Telling the server that a job is not wanted any more. */

import { StreamLostError } from "../errors.ts";
import {
  type CancelPlan,
  cancel,
  cancelAnswered,
  cancelFailed,
  cancellable,
  collateralOfStop,
  look,
} from "../protocol/cancelling.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";

type Session = SessionRouter<Submission>;

const CANCEL_SECONDS = 5;
// A server that has not answered a join by then will not do so.
const LEFT_SECONDS = 60;
// A job that has a place where it runs is started within milliseconds; a busy server takes longer.
const LOOK_SECONDS = 1;

/** Send the cancel of a job that has ended locally, and wait a few seconds for it. */
export async function cancelJob(connection: Connection, job: Submission): Promise<void> {
  const { sessions } = connection;
  const { event_id = "" } = job.tracker;
  const session = sessions.find((one) => one.entries.has(event_id));
  if (session) await atMost(CANCEL_SECONDS, sendCancel(connection, session, event_id));
  // The sender finds it cancelled, and sends the cancel then.
  else if (sessions.find((one) => one.joining.has(job))?.withdraw(job)) {
    await atMost(
      CANCEL_SECONDS,
      job.until(() => job.cancelSent),
    );
    leaveLater(connection, job);
  }
}

/**
 * Give up the join of a job that has ended, if it is not answered for long.
 *
 * Only its answer names what is to be cancelled: a job that was accepted and is never cancelled would run on, and keep others
 * of its function from running. Where requests have a limit of their own, that comes first.
 */
function leaveLater({ http }: Connection, job: Submission): void {
  if (job.cancelSent) return;
  const leave = () => {
    clearTimeout(timer);
    http.active.delete(leave);
    job.leave();
  };
  const timer = setTimeout(leave, LEFT_SECONDS * 1000);
  http.active.add(leave);
  job.until(() => job.cancelSent).then(leave, leave);
}

/** Send the cancels that had to wait and need not any more. */
export function sendWaitingCancels(connection: Connection, session: Session): void {
  for (const event_id of cancellable(session, connection.schema.dialect.cancels)) {
    sendCancel(connection, session, event_id).catch(() => {});
  }
}

/** Apply the end of a job to those that a cancel of it may have stopped, too. */
export function jobEnded(
  connection: Connection,
  session: Session,
  event_id: string,
  cancelled: boolean,
): void {
  const text =
    "the job began at the moment when another one of its function and session was cancelled, and may have been stopped with it";
  if (!cancelled) for (const job of collateralOfStop(session, event_id)) job.lose(new StreamLostError(text));
  session.ended(event_id, cancelled);
  sendWaitingCancels(connection, session);
}

/** Look from time to time whether the jobs beside a cancelled one wait for its place, so that it can be stopped. */
function watch(connection: Connection, session: Session): void {
  const { http } = connection;
  if (session.watched || http.closed || !look(session)) return;
  session.watched = true;
  sendWaitingCancels(connection, session);
  connection.admit();
  const again = () => {
    clearTimeout(timer);
    http.active.delete(again);
    session.watched = false;
    watch(connection, session);
  };
  const timer = setTimeout(again, LOOK_SECONDS * 1000);
  http.active.add(again);
}

/** Wait for the cancels that are under way, a few seconds at most. */
export async function underWay({ cancels }: Connection): Promise<void> {
  if (cancels.size) await atMost(CANCEL_SECONDS, Promise.allSettled(cancels));
}

// A server may only answer when the running step of the function has ended.
async function atMost(seconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

/**
 * Cancel one job at the server, as far as that hits no other one.
 *
 * How is decided before this returns: a job of the same function that is sent next must find that a cancel is on its way.
 */
export function sendCancel(connection: Connection, session: Session, event_id: string): Promise<void> {
  const { cancels } = connection;
  const fn_index = session.entries.get(event_id)?.fn_index;
  const plan = cancel(session, event_id, connection.schema.dialect.cancels);
  if (plan === "later") watch(connection, session);
  if (!plan || plan === "later") return Promise.resolve();
  const sent = send(connection, session, event_id, plan, fn_index).then(() => {
    cancels.delete(sent);
    sendWaitingCancels(connection, session);
    connection.admit();
  });
  cancels.add(sent);
  return sent;
}

/**
 * Send one cancel.
 *
 * Wire: POST /reset (4.9 - 4.30) stops one event. POST /cancel (since 4.31) stops the tasks of session and function,
 * then closes the event; with the function -1 it stops nothing and only takes the event out of the queue.
 */
async function send(
  { http, routes, retries }: Connection,
  session: Session,
  event_id: string,
  plan: CancelPlan,
  fn_index: number | undefined,
): Promise<void> {
  const { session_hash } = session;
  const isReset = plan === "reset";
  const body = isReset ? { event_id } : { session_hash, fn_index: plan === "stop" ? fn_index : -1, event_id };
  try {
    const url = routes.api + (isReset ? "reset" : "cancel");
    const { status } = await http.read(url, retries, "the cancel", { method: "POST", body });
    if (status === 200) {
      cancelAnswered(session, event_id, plan);
      return;
    }
  } catch {}
  // It is pending there until it ends by itself, and has ended here.
  cancelFailed(session, event_id);
}
