/**
 * How a job is cancelled without touching another one.
 *
 * Gradio's /cancel stops *every* running job of one function in the session. Vectors: routers.
 */

import { type Entry, isStopping, type SessionRouter, waits } from "./router.ts";

/** A job that has a place where it runs is started within milliseconds; a busy server takes longer. */
export const LOOK_SECONDS = 1;

/**
 * How one job can be cancelled without touching another one.
 *
 * - stop: cancel its function in this session; no other job of it runs there.
 * - dequeue: take it out of the queue by its id alone; it has waited there for a while, or is alone and no generator.
 * - reset: reset its event (4.9 - 4.30); that concerns no other job.
 * - later: it may be about to start, or others of its function run, or may start, in this session.
 *
 * A job is never stopped while it may be about to make its first step: a task of Gradio that is stopped before it keeps its
 * place for ever, and when all places are gone the app runs nothing any more, for anybody. One that is alone of its function
 * is taken out of the queue; if it had its place by then, it has made its first step when the stop comes that follows.
 * Not so a generator, which Gradio would begin once more if it is taken out while it runs.
 */
export type CancelPlan = "stop" | "dequeue" | "reset" | "later";

/** Note that a job's caller has cancelled it, and return how; undefined if it is not pending. */
export function cancel<Job>(session: SessionRouter<Job>, event_id: string): CancelPlan | undefined {
  const entry = session.entries.get(event_id);
  if (!entry || entry.stopped || session.cancelling.has(event_id)) return undefined;
  entry.cancelWanted = true;
  const how = planOf(session, event_id, entry);
  entry.dequeued = how === "dequeue";
  entry.unsure = entry.dequeued && isAlone(session, event_id, entry);
  if (how === "stop") entry.collateral = waitingFor(session, entry);
  // With -1 nothing but the id is named, so a joining sibling is in no danger.
  if (how !== "later") session.cancelling.set(event_id, how === "stop" ? entry.fn_index : -1);
  return how;
}

/** Note that the server has carried out a cancel. */
export function cancelAnswered<Job>(session: SessionRouter<Job>, event_id: string, how: CancelPlan): void {
  session.cancelling.delete(event_id);
  const entry = session.entries.get(event_id);
  // Nothing more comes for it, not even its end.
  if (how === "reset" || (how === "stop" && entry?.closed)) session.forget(event_id);
  else if (how === "dequeue" && entry?.unsure && !entry.started) entry.takenOut = true;
  // One that had started before it was taken out of the queue runs on.
  else if (entry) session.markStopped(entry, how === "stop" || !entry.started);
  if (how === "stop" && entry) session.placeFreed(entry.fn_index);
}

/** Note that a cancel did not reach the server. */
export function cancelFailed<Job>(session: SessionRouter<Job>, event_id: string): void {
  session.cancelling.delete(event_id);
  const entry = session.entries.get(event_id);
  if (!entry) return;
  session.markFailed(entry);
  // Nobody will hear of its end.
  if (entry.closed) session.forget(event_id);
}

/** Return the event ids of those whose cancel waited and can be sent now. */
export function cancellable<Job>(session: SessionRouter<Job>): string[] {
  const found: string[] = [];
  for (const [event_id, entry] of session.entries) {
    if (!isKeptBack(session, event_id, entry)) continue;
    if (planOf(session, event_id, entry) !== "later") found.push(event_id);
  }
  return found;
}

/**
 * Look which jobs still wait for their place; return whether there is a cancel that this may let go.
 *
 * To be called every `LOOK_SECONDS` as long as there is. Gradio gives a place in the queue to a job that starts at once, too: only
 * who has not started after a while waits for the place of another one.
 */
export function look<Job>(session: SessionRouter<Job>): boolean {
  // Where no cancel waits, nobody comes again in a second, so this look does not count.
  const any = [...session.entries].some(([event_id, entry]) => isKeptBack(session, event_id, entry));
  if (any) session.look();
  return any;
}

/**
 * Return the jobs that a stop on its way may have hit, now that this one has ended by itself.
 *
 * They waited for a place when the cancel was sent, and may have got its place: before the stop came, so that they were
 * hit. They are to be stopped and treated as lost, since the server says nothing of a job that was hit, and it would be
 * waited for in vain. The place of a job that was stopped is what they get after the stop.
 */
export function collateralOfStop<Job>({ entries }: SessionRouter<Job>, event_id: string): Job[] {
  const hit: Job[] = [];
  const fn_index = entries.get(event_id)?.fn_index;
  for (const stopping of entries.values()) {
    // One that waited as well has got the place of the job that was stopped: Gradio frees it before it has done so.
    if (stopping.fn_index !== fn_index || stopping.collateral.includes(event_id)) continue;
    for (const id of stopping.collateral) {
      const other = entries.get(id);
      if (!other || other.cancelWanted || other.stopped) continue;
      other.cancelWanted = true;
      hit.push(other.job);
    }
  }
  return hit;
}

function planOf<Job>(session: SessionRouter<Job>, event_id: string, entry: Entry<Job>): CancelPlan {
  if (session.way === "reset") return "reset";
  if (!entry.started && !entry.takenOut) return planBeforeStart(session, event_id, entry);
  const { fn_index } = entry;
  if (joins(session, fn_index)) return "later";
  const siblings = siblingsOf(session, event_id, entry);
  // One that waits for its place does not run, so a stop does not hit it.
  if (siblings.some((other) => !waits(other))) return "later";
  // They have its place when the next stop comes.
  return siblings.length && isStopping(session, fn_index) ? "later" : "stop";
}

function planBeforeStart<Job>(session: SessionRouter<Job>, event_id: string, entry: Entry<Job>): CancelPlan {
  if (session.way !== "session") return "later";
  const alone = isAlone(session, event_id, entry);
  if (!session.generators.has(entry.fn_index)) return alone || waits(entry) ? "dequeue" : "later";
  // It may run unheard where the stream is slow.
  return waits(entry) ? (alone ? "stop" : "dequeue") : "later";
}

/** Tell whether a stop hits no other job, even if that one has begun unheard. */
function isAlone<Job>(session: SessionRouter<Job>, event_id: string, entry: Entry<Job>): boolean {
  return !joins(session, entry.fn_index) && !siblingsOf(session, event_id, entry).length;
}

function joins<Job>({ sent, joining }: SessionRouter<Job>, fn_index: number): boolean {
  for (const job of sent) if (joining.get(job) === fn_index) return true;
  return false;
}

/** Return the other jobs of its function that are not to be stopped along. */
function siblingsOf<Job>(
  { entries }: SessionRouter<Job>,
  event_id: string,
  { fn_index }: Entry<Job>,
): Entry<Job>[] {
  const found: Entry<Job>[] = [];
  for (const [id, other] of entries) {
    if (id === event_id || other.fn_index !== fn_index || other.stopped) continue;
    // One that is to be cancelled as well may be stopped along; its own cancel is sent after this.
    if (!(other.started && other.cancelWanted)) found.push(other);
  }
  return found;
}

/** Tell whether the cancel of a job waits until it hits no other one. */
function isKeptBack<Job>({ cancelling }: SessionRouter<Job>, event_id: string, entry: Entry<Job>): boolean {
  return entry.cancelWanted && !entry.cancelFailed && !cancelling.has(event_id);
}

/** Return the other jobs that wait for the place of this one, without those that are to be cancelled as well. */
function waitingFor<Job>({ entries }: SessionRouter<Job>, { fn_index }: Entry<Job>): string[] {
  const found: string[] = [];
  for (const [id, other] of entries)
    if (other.fn_index === fn_index && !other.started && !other.stopped && !other.cancelWanted)
      found.push(id);
  return found;
}
