/** One session's stream: which job a message belongs to, and when the stream is wanted. Vectors: routers. */

import type { CancelWay } from "./dialect.ts";
import type { Message } from "./messages.ts";

// Messages of ids that nobody has registered: those that overtook the answer to their join, and those of jobs that an
// earlier client of this session left behind. More ids than joins can be on their way are of the second kind.
const MAX_UNCLAIMED_JOBS = 256;

/** A job that the server has accepted in this session. */
export interface Entry<Job> {
  readonly job: Job;
  readonly fn_index: number;
  /** The server has said that it runs. */
  started: boolean;
  /** How often it was looked at, a second apart, and had not started. */
  looks: number;
  /** Its caller has cancelled it and the cancel is still to be sent. */
  cancelWanted: boolean;
  /** The cancel did not reach the server; it is sent again when another job has ended. */
  cancelFailed: boolean;
  /** The server was asked to take it out of the queue. */
  dequeued: boolean;
  /** It may have got a place before that; it is alone, so it can be stopped after that, to be sure. */
  unsure: boolean;
  /** The server has taken it out of the queue. */
  takenOut: boolean;
  /** The server has confirmed the cancel; only the closing message is missing. */
  stopped: boolean;
  /** It was taken out of the queue but may have started: its closing message has come, and it may run on. */
  closed: boolean;
  /** Those of its function that waited for its place when the server was asked to stop it. */
  collateral: string[];
}

/** The jobs of one session hash. */
export class SessionRouter<Job> {
  /** The server's name for the session. */
  session_hash: string;
  /** How its server cancels. */
  way: CancelWay;
  /** The server has accepted a job of this session, so its stream may be opened in advance. */
  registered = false;
  /** Its streams cannot be trusted any more. */
  unusable = false;
  /** The client has gone on with another session. */
  superseded = false;
  /** Somebody reads its stream, or is about to. Two readers would steal each other's messages. */
  reading = false;
  /** Somebody looks from time to time whether a cancel that waits can be sent. */
  watched = false;
  readonly entries: Map<string, Entry<Job>> = new Map();
  /** Jobs with a place here that the server has not accepted yet, with their function. */
  readonly joining: Map<Job, number> = new Map();
  /** Those of them that have been sent: a stop of their function may hit them. */
  readonly sent: Set<Job> = new Set();
  /** Those of them that were cancelled since: they are stopped when they are accepted. */
  readonly withdrawn: Set<Job> = new Set();
  /** Functions that give several values. */
  readonly generators: Set<number> = new Set();
  /** Events that a cancel is on its way for, with the function that it stops. */
  readonly cancelling: Map<string, number> = new Map();
  readonly #inDoubt: Set<Job> = new Set();
  // How many entries are stopped, and whether one was looked at or has a cancel that failed: with many jobs at the server, going
  // through them for each that is sent or has ended would cost more than the rest.
  #stopped = 0;
  #marked = false;
  /** The events that were pending when the stream was asked for. */
  #openedWith: Set<string> = new Set();
  /** Messages of events that nobody has registered yet. */
  readonly #unclaimed: Map<string, Message[]> = new Map();

  constructor(session_hash: string, way: CancelWay = "session") {
    this.session_hash = session_hash;
    this.way = way;
  }

  /** It takes no new job. */
  get retired(): boolean {
    return this.unusable || this.superseded;
  }

  /** No job of this session is pending or on its way. */
  get idle(): boolean {
    return !this.entries.size && !this.joining.size;
  }

  /** Jobs that are pending or on their way, those that are stopped left out. */
  get pending(): number {
    return this.joining.size + this.entries.size - this.#stopped;
  }

  /** All jobs that are pending or on their way. */
  get jobs(): Job[] {
    return [...this.joining.keys(), ...[...this.entries.values()].map((entry) => entry.job)];
  }

  /** A stream is needed now: a job is pending, or joins a session that the server knows. */
  get wantsStream(): boolean {
    return this.hasPending || (this.registered && this.joining.size > 0);
  }

  /** The server has accepted a job of which something is to come yet. */
  get hasPending(): boolean {
    for (const entry of this.entries.values()) if (!entry.closed) return true;
    return false;
  }

  /**
   * Tell whether another stream is to be read now that one has ended; `carried`: it had messages of jobs.
   *
   * A call that follows another at once is on its way when the stream of that one ends. It needs a stream as if it had
   * been sent a moment later; waiting for it to be accepted would cost a round trip. But a stream for nothing is never
   * ended by the server: a job whose end has come already, before the answer to its join, needs none, and after a stream
   * that carried nothing the next one waits for the answer.
   */
  wantsAnother(carried: boolean): boolean {
    if (this.hasPending) return true;
    if (!carried || !this.registered || this.unusable) return false;
    return this.joining.size > [...this.#unclaimed.values()].filter(isOver).length;
  }

  /**
   * Note a heartbeat; return whether the stream is to be read on.
   *
   * The server ends no stream by itself on which no job ends: one that was opened in advance for a join that was
   * refused, or an unusable session's. When it is left, the server forgets the session.
   */
  heardHeartbeat(): boolean {
    this.registered &&= !this.idle;
    return !this.idle;
  }

  /** Tell whether a job of this function is pending or on its way. */
  busyWith(fn_index: number): boolean {
    if ([...this.joining.values()].includes(fn_index)) return true;
    return [...this.entries.values()].some((entry) => entry.fn_index === fn_index && !entry.stopped);
  }

  /**
   * Tell whether a job of this function that joins now could be hit by a cancel: one on its way, or about to be.
   *
   * What was cancelled and has not started is stopped as soon as it does; one that waits for long is not waited for.
   */
  isCancelling(fn_index: number): boolean {
    if (isStopping(this, fn_index)) return true;
    for (const job of this.withdrawn) if (this.joining.get(job) === fn_index) return true;
    for (const entry of this.entries.values())
      if (entry.fn_index === fn_index && entry.cancelWanted && mayStart(entry) && !entry.cancelFailed)
        return true;
    return false;
  }

  /** Note that `job` has its place here; its files may have to be sent first. */
  joinStarted(job: Job, fn_index: number): void {
    this.joining.set(job, fn_index);
  }

  /** Note that `job` is sent in this very moment; its function may have got another number since it has its place. */
  joinSent(job: Job, fn_index: number, isGenerator = false): void {
    this.joining.set(job, fn_index);
    if (isGenerator) this.generators.add(fn_index);
    this.sent.add(job);
  }

  /** Note that `job`, which is on its way, was cancelled. */
  withdraw(job: Job): void {
    if (this.sent.has(job)) this.withdrawn.add(job);
  }

  /** Tell whether `job` was on its way when the stream broke, so that nothing may ever come of it. */
  isInDoubt(job: Job): boolean {
    return this.#inDoubt.has(job);
  }

  /** Note that `job` was not accepted. */
  joinFailed(job: Job): void {
    this.#leave(job);
    this.#inDoubt.delete(job);
    this.#forgetUnclaimed();
  }

  /**
   * Note that the server accepted `job` as `event_id`; return its messages so far.
   *
   * A job that is in doubt and has none is not kept: its caller has to treat it as lost.
   */
  register(job: Job, event_id: string): Message[] {
    const fn_index = this.joining.get(job) as number;
    const cancelWanted = this.#leave(job);
    this.registered = true;
    const unclaimed = this.#unclaimed.get(event_id);
    if (unclaimed || !this.#inDoubt.has(job)) {
      this.#inDoubt.delete(job);
      this.entries.set(event_id, {
        job,
        fn_index,
        started: false,
        looks: 0,
        cancelWanted,
        cancelFailed: false,
        dequeued: false,
        unsure: false,
        takenOut: false,
        stopped: false,
        closed: false,
        collateral: [],
      });
      this.#unclaimed.delete(event_id);
    }
    this.#forgetUnclaimed();
    return unclaimed ?? [];
  }

  /**
   * Return the jobs that `message` is for.
   *
   * A message without event id concerns every job of the session. One of an unknown id is kept while a join is on its
   * way: the first message of a job often overtakes the answer to its join.
   */
  route(message: Message): Job[] {
    const { event_id } = message;
    if (event_id === undefined) {
      if (message.msg !== "unexpected_error") return [];
      this.unusable ||= this.entries.size > 0;
      return [...this.entries.values()].map((entry) => entry.job);
    }
    const entry = this.entries.get(event_id);
    if (entry) return [entry.job];
    this.#keepUnclaimed(event_id, message);
    return [];
  }

  /** Note that the server runs this job; return whether it was cancelled before, and is to be stopped now. */
  started(event_id: string): boolean {
    const entry = this.entries.get(event_id);
    if (!entry || entry.started) return false;
    entry.started = true;
    // It left the queue before it was taken out, so it runs on.
    if (entry.stopped && entry.dequeued) this.markStopped(entry, false);
    return entry.cancelWanted;
  }

  /**
   * Forget a job that has ended.
   *
   * One that was to be taken out of the queue but had just started, as far as anybody knows, is closed and runs on: it
   * is kept, so that it is stopped when no other job of its function can be hit.
   *
   * @param cancelled the end is the server's answer to a cancel, not the job's own.
   */
  ended(event_id: string, cancelled: boolean): void {
    const entry = this.entries.get(event_id);
    if (entry?.dequeued && (entry.started || entry.unsure) && cancelled) {
      entry.dequeued = false;
      entry.cancelWanted = entry.closed = true;
    } else this.forget(event_id);
    if (entry) this.placeFreed(entry.fn_index);
    if (this.#marked) for (const other of this.entries.values()) other.cancelFailed = false;
  }

  /** Note that nothing more comes of a job. */
  forget(event_id: string): void {
    if (this.entries.get(event_id)?.stopped) this.#stopped -= 1;
    this.entries.delete(event_id);
  }

  /** Note whether the server has stopped a job, after it was asked to; one that it has not is to be stopped once more. */
  markStopped(entry: Entry<Job>, isStopped: boolean): void {
    this.#stopped += Number(isStopped) - Number(entry.stopped);
    entry.stopped = isStopped;
    entry.cancelWanted = !isStopped;
  }

  /** Note that a cancel did not reach the server. */
  markFailed(entry: Entry<Job>): void {
    this.#marked = true;
    entry.cancelFailed = true;
  }

  /** Count how long jobs have waited for their place. */
  look(): void {
    this.#marked = true;
    for (const entry of this.entries.values()) entry.looks = entry.started ? 0 : entry.looks + 1;
  }

  /** Note that a job of this function may have begun which waited before. */
  placeFreed(fn_index: number): void {
    if (!this.#marked) return;
    for (const entry of this.entries.values()) if (entry.fn_index === fn_index) entry.looks = 0;
  }

  /** Tell whether the caller has to read the stream now, and note that it does. */
  startReading(): boolean {
    if (this.reading || !this.wantsStream) return false;
    this.reading = true;
    return true;
  }

  /** Note that the stream is asked for now: jobs that are registered later may be unknown to it. */
  streamOpened(): void {
    this.#openedWith = new Set(this.entries.keys());
  }

  /**
   * Note the end of the stream; return the jobs that are lost with it.
   *
   * After a clean end nothing is lost: a job that is still pending joined while the server closed, its messages wait for
   * the next stream. So do those of jobs that were accepted after the stream was asked for, if it ended because the
   * server did not know the session. After any other end the server drops the session's jobs.
   */
  streamClosed(end: "clean" | "unknown session" | "broken"): Job[] {
    const isUnknown = end === "unknown session";
    if (isUnknown) this.registered = false;
    const lost: Job[] = [];
    if (end === "clean") return lost;
    for (const [event_id, { job }] of this.entries) {
      if (isUnknown && !this.#openedWith.has(event_id)) continue;
      lost.push(job);
      this.forget(event_id);
    }
    if (!isUnknown) {
      // A join that is on its way may have been accepted before, and dropped with the others.
      for (const job of this.sent) this.#inDoubt.add(job);
      // What came of them before the break says nothing, unless it is the end.
      for (const [event_id, kept] of this.#unclaimed) if (!isOver(kept)) this.#unclaimed.delete(event_id);
    }
    // The server never takes the lost ids off its list: later streams of it would not end.
    if (lost.length || this.#inDoubt.size) this.unusable = true;
    return lost;
  }

  /** Take a job off those that join; return whether it was cancelled meanwhile. */
  #leave(job: Job): boolean {
    this.joining.delete(job);
    this.sent.delete(job);
    return this.withdrawn.delete(job);
  }

  #keepUnclaimed(event_id: string, message: Message): void {
    const kept = this.#unclaimed.get(event_id) ?? [];
    if (!this.joining.size || message.msg === "close_stream" || this.#unclaimed.size > MAX_UNCLAIMED_JOBS)
      return;
    this.#unclaimed.set(event_id, kept);
    kept.push(message);
  }

  #forgetUnclaimed(): void {
    if (this.joining.size) return;
    this.#unclaimed.clear();
  }
}

/** Tell whether an accepted job has not started for a while, so that it waits for the place of another one. */
export function waits({ started, looks }: Entry<unknown>): boolean {
  return !started && looks > 1;
}

/** Tell whether it is known within a second whether an accepted job runs or waits. */
export function mayStart(entry: Entry<unknown>): boolean {
  return !entry.started && !waits(entry);
}

/** Tell whether the end of a job is among its messages. */
function isOver(messages: readonly Message[]): boolean {
  return messages.some(({ msg }) => msg === "process_completed");
}

/** Tell whether a stop of this function is on its way. */
export function isStopping<Job>({ cancelling }: SessionRouter<Job>, fn_index: number): boolean {
  for (const stopping of cancelling.values()) if (stopping === fn_index) return true;
  return false;
}

/** Return a session hash that nobody can guess: it is all that protects a session's State. */
export function newSessionHash(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
