/**
 * How a job is cancelled without touching another one.
 *
 * Gradio's /cancel stops *every* running job of one function in the session. Vectors: routers.
 */

import type { Entry, SessionRouter } from "./router.ts";
import type { AppVersion } from "./version.ts";

/** How a server cancels a job: by its connection (until 4.8), its event (4.9 – 4.30), or session and function (since 4.31). */
export type CancelWay = "connection" | "reset" | "fragile" | "session";

/**
 * Return how a server of this version cancels.
 *
 * From 4.31 to 5.45 ("fragile") a second end of one event breaks the session's stream.
 */
export function cancelWay(version: AppVersion): CancelWay {
  if (!version.atLeast(4, 9)) return "connection";
  if (!version.atLeast(4, 31)) return "reset";
  return version.atLeast(5, 46) ? "session" : "fragile";
}

/**
 * How one job can be cancelled without touching another one.
 *
 * - stop: cancel its function in this session; no other job of it runs there.
 * - dequeue: take it out of the queue by its id alone; it has not started, but others of its function may have.
 * - reset: reset its event (4.9 - 4.30); that concerns no other job.
 * - later: others of its function run, or may start, in this session; wait until they have ended.
 */
export type CancelPlan = "stop" | "dequeue" | "reset" | "later";

/** Note that a job's caller has cancelled it, and return how; undefined if it is not pending. */
export function cancel<Job>(
  session: SessionRouter<Job>,
  event_id: string,
  way: CancelWay,
  lose?: (job: Job) => void,
): CancelPlan | undefined {
  session.ready ??= () => ready(session, way);
  session.hitByStop ??= (id, cancelled) => {
    for (const job of hitByStop(session, id, cancelled)) lose?.(job);
  };
  const entry = session.entries.get(event_id);
  if (!entry || entry.stopped || session.cancelling.has(event_id)) return undefined;
  entry.cancelWanted = true;
  const how = planOf(session, event_id, entry, way);
  entry.dequeued = how === "dequeue";
  if (how === "stop") {
    entry.atRisk = [];
    for (const [id, other] of session.entries) {
      if (other !== entry && other.fn_index === entry.fn_index && !other.stopped) entry.atRisk.push(id);
    }
  }
  // With -1 nothing but the id is named, so a joining sibling is in no danger.
  if (how !== "later") session.cancelling.set(event_id, how === "stop" ? entry.fn_index : -1);
  return how;
}

/** Note that the server has carried out a cancel; return the event ids whose cancel waited for it. */
export function cancelAnswered<Job>(
  session: SessionRouter<Job>,
  event_id: string,
  how: CancelPlan,
): string[] {
  session.cancelling.delete(event_id);
  const entry = session.entries.get(event_id);
  // After a reset nothing more comes for it, not even its end.
  if (how === "reset") session.entries.delete(event_id);
  else if (entry) {
    entry.cancelWanted = false;
    entry.stopped = how === "stop" || !entry.started;
  }
  return session.ready?.() ?? [];
}

/**
 * Return the jobs that the stop of this one may have hit, now that it has ended.
 *
 * They waited for its place when the server was told. If the job was stopped, its place is what they got. If it had
 * ended by itself before, one of them may have begun and been hit: they are to be stopped and taken for lost, since
 * the server says nothing of a job that was hit, and it would be waited for in vain.
 */
function hitByStop<Job>(session: SessionRouter<Job>, event_id: string, cancelled: boolean): Job[] {
  const hit: Job[] = [];
  if (cancelled) return hit;
  for (const id of session.entries.get(event_id)?.atRisk ?? []) {
    const other = session.entries.get(id);
    if (!other || other.cancelWanted) continue;
    other.cancelWanted = true;
    hit.push(other.job);
  }
  return hit;
}

function ready<Job>(session: SessionRouter<Job>, way: CancelWay): string[] {
  const found: string[] = [];
  for (const [event_id, entry] of session.entries) {
    if (!entry.cancelWanted || session.cancelling.has(event_id)) continue;
    if (planOf(session, event_id, entry, way) !== "later") found.push(event_id);
  }
  return found;
}

function planOf<Job>(
  session: SessionRouter<Job>,
  event_id: string,
  entry: Entry<Job>,
  way: CancelWay,
): CancelPlan {
  if (way === "reset") return "reset";
  const joining = [...session.joining.values()].includes(entry.fn_index);
  // One that is to be cancelled as well may be stopped along; the server is told of it after this.
  const siblings = [...session.entries].filter(
    ([id, other]) =>
      other.fn_index === entry.fn_index && !other.stopped && !other.cancelWanted && id !== event_id,
  );
  if (!joining && !siblings.length) return "stop";
  if (entry.started) {
    // Siblings that wait for its place do not run, so a stop does not hit them.
    return !joining && siblings.every(([, other]) => other.waits && !other.started) ? "stop" : "later";
  }
  // Before 5.46 a job that is taken out of the queue by its id alone runs all the same, and its second end breaks the
  // stream of the whole session.
  return way === "session" ? "dequeue" : "later";
}
