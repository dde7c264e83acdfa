/** Telling the server that a job is not wanted any more. */

import { StreamLostError } from "../errors.ts";
import { cancel, cancelAnswered, cancelWay } from "../protocol/cancelling.ts";
import { replyJson } from "../protocol/replies.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";

function hit(job: Submission): void {
  job.lose(
    new StreamLostError(
      "the job began at the moment when another one of its function and session was cancelled, which may have hit it",
    ),
  );
}

const CANCEL_SECONDS = 5;

/** Tell the server that a job has ended here, and wait for that for a few seconds. */
export async function cancelJob(connection: Connection, job: Submission): Promise<void> {
  const { sessions } = connection;
  const { event_id = "" } = job.tracker;
  const session = sessions.find((one) => one.entries.has(event_id));
  // Whoever sends it finds it cancelled, and tells the server then.
  const joining = sessions.some((one) => one.joining.has(job));
  if (session) await atMost(CANCEL_SECONDS, tellServer(connection, session, [event_id]));
  else if (joining) {
    await atMost(
      CANCEL_SECONDS,
      job.until(() => job.told),
    );
    job.leave();
  }
}

/** Tell the server of these cancels. */
export async function tellServer(
  connection: Connection,
  session: SessionRouter<Submission>,
  event_ids: string[],
): Promise<void> {
  const { cancels } = connection;
  const all = event_ids.map((event_id) => {
    const told = tell(connection, session, event_id);
    cancels.add(told);
    return told.finally(() => cancels.delete(told));
  });
  await Promise.all(all);
}

/** Wait for the cancels that are under way, a few seconds at most. */
export async function underWay({ cancels }: Connection): Promise<void> {
  await atMost(CANCEL_SECONDS, Promise.allSettled(cancels));
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
 * Wire: POST /reset (4.9 - 4.30) stops one event. POST /cancel (since 4.31) stops the tasks of session and function,
 * then closes the event; with the function -1 it stops nothing and only takes the event out of the queue.
 */
async function tell(
  connection: Connection,
  session: SessionRouter<Submission>,
  event_id: string,
): Promise<void> {
  const { http, routes, retries } = connection;
  const { session_hash } = session;
  const fn_index = session.entries.get(event_id)?.fn_index;
  const plan = cancel(session, event_id, cancelWay(connection.schema.version), hit);
  if (!plan || plan === "later") return;
  const isReset = plan === "reset";
  const body = isReset ? { event_id } : { session_hash, fn_index: plan === "stop" ? fn_index : -1, event_id };
  try {
    const url = routes.api + (isReset ? "reset" : "cancel");
    replyJson(await http.read(url, retries, "the cancel", { method: "POST", body }), "the cancel");
    connection.tell(session, cancelAnswered(session, event_id, plan));
  } catch {
    // It is pending there until it ends by itself, and has ended here.
    session.cancelling.delete(event_id);
  }
  connection.admit();
}
