/**
 * Which session a job is sent under, and when.
 *
 * Gradio cancels by session *and function*, drops all jobs of a session when its stream breaks, and keeps an app's State,
 * and whatever the app itself keys on `gr.Request.session_hash`, by session. So:
 *
 * - a job goes into the client's own session, as a page of the app would send it;
 * - if a job of the same function is pending there and the function has no State, it goes into a spare session, so that
 *   each of the two can be cancelled without the other; so it does if many others are pending there, which a stream that
 *   breaks would all lose;
 * - functions with State always stay in the client's own session;
 * - at most `maxJobs` jobs are at the server at a time, the rest wait here in order;
 * - as long as some wait, the others share a few sessions: a stream for each job would cost as much as the job.
 *
 * Vectors: sessions.
 */

import type { Dialect } from "./dialect.ts";
import type { SessionRouter } from "./router.ts";
import type { Endpoint } from "./schema.ts";

/** Jobs without State on one stream, as long as there may be another one. */
const JOBS_OF_A_STREAM = 8;
/** Sessions that jobs are sent under as long as others wait. */
const CROWDED_SESSIONS = 8;

/** How a client spreads its jobs. */
export interface SessionOptions {
  /** Jobs that are at the server at a time. */
  readonly maxJobs: number;
  /** Streams that are read at a time. */
  readonly maxSessions: number;
}

/** Where a job may be placed. */
export interface Placement {
  readonly fn_index: number;
  /** The only session that will do; "" for the client's own, undefined for any. */
  readonly session_hash: string | undefined;
  /** No other job of the function may be at the server. */
  readonly alone: boolean;
}

/** Return where a call of `endpoint` may be placed. */
export function placementOf({ fn_index, rendered, stateful, batch }: Endpoint, dialect: Dialect): Placement {
  const session_hash = rendered?.session_hash ?? (stateful ? "" : undefined);
  return { fn_index, session_hash, alone: batch && dialect.mixesBatches };
}

/** The sessions of one client and the jobs that wait for a place. */
export class SessionPool<Job> {
  /** The client's own session. */
  own: SessionRouter<Job>;
  readonly #options: SessionOptions;
  readonly #newSession: () => SessionRouter<Job>;
  #spares: SessionRouter<Job>[] = [];
  readonly #waiting: Map<Job, Placement> = new Map();
  #holdsState = false;
  #lostState: string | undefined;

  constructor(newSession: () => SessionRouter<Job>, options: SessionOptions) {
    this.#newSession = newSession;
    this.#options = options;
    this.own = newSession();
  }

  /** All sessions, the client's own first. */
  get all(): SessionRouter<Job>[] {
    return [this.own, ...this.#spares];
  }

  /** Return the session to send `job` under now; undefined if it has to wait for `admit()`. */
  place(job: Job, placement: Placement): SessionRouter<Job> | undefined {
    const session = this.#waiting.size ? undefined : this.#findPlace(placement);
    if (session) session.joinStarted(job, placement.fn_index);
    else this.#waiting.set(job, placement);
    return session;
  }

  /** Let a job that had a place wait for one again, before all others. */
  putBack(job: Job, placement: Placement): void {
    const others = [...this.#waiting];
    this.#waiting.clear();
    for (const [one, where] of [[job, placement] as const, ...others]) this.#waiting.set(one, where);
  }

  /**
   * Return the waiting jobs that have a place now, with their sessions; call it when a job has ended.
   *
   * A job that waits for a cancel in its session lets those behind it pass.
   */
  admit(): [job: Job, session: SessionRouter<Job>][] {
    const admitted: [Job, SessionRouter<Job>][] = [];
    for (const [job, placement] of this.#waiting) {
      if (this.#full) break;
      const session = this.#findPlace(placement);
      if (!session) continue;
      this.#waiting.delete(job);
      session.joinStarted(job, placement.fn_index);
      admitted.push([job, session]);
    }
    return admitted;
  }

  /** Take a waiting job out; false if it does not wait. */
  withdraw(job: Job): boolean {
    return this.#waiting.delete(job);
  }

  /**
   * Note that a job with State is to be sent; return the session whose State is lost, undefined if none is.
   *
   * A job with State never moves to another session behind its caller's back.
   */
  claimState(): string | undefined {
    this.tidy();
    this.#holdsState ||= this.#lostState === undefined;
    return this.#lostState;
  }

  /** Start a new own session, or go on with one; jobs of the one before end where they are. */
  renewOwn(session_hash?: string): void {
    this.#forgetState();
    this.#replaceOwn(session_hash);
  }

  #replaceOwn(session_hash?: string): void {
    const before = this.own;
    // The stream of one that exists is read already: a second reader would steal its messages.
    const existing = this.all.find((one) => one.session_hash === session_hash && !one.unusable);
    if (existing === before) return;
    this.own = existing ?? this.#newSession();
    this.own.superseded = false;
    if (session_hash !== undefined) this.own.session_hash = session_hash;
    this.#spares = this.#spares.filter((one) => one !== existing);
    if (before.idle) return;
    before.superseded = true;
    this.#spares.push(before);
  }

  /** Forget what the server knew: it was restarted. States are gone with it. */
  forget(): void {
    this.#forgetState();
    for (const session of this.all) session.registered = false;
  }

  #forgetState(): void {
    this.#holdsState = false;
    this.#lostState = undefined;
  }

  /**
   * Forget the readers that have nothing to read.
   *
   * For Workers: there an exchange belongs to the request that began it, and is never heard of again in the next one.
   */
  abandonIdle(): void {
    for (const session of this.all) {
      if (!session.reading || !session.idle) continue;
      if (session === this.own && this.#holdsState) session.reading = false;
      else session.superseded = true;
    }
  }

  /** Forget retired sessions that nothing is pending in. */
  tidy(): void {
    this.#spares = this.#spares.filter((spare) => !(spare.retired && spare.idle));
    if (!this.own.retired) return;
    if (this.#holdsState) this.#lostState = this.own.session_hash;
    this.#replaceOwn();
  }

  get #full(): boolean {
    let count = 0;
    for (const session of this.all) count += session.pending;
    return count >= this.#options.maxJobs;
  }

  #findPlace(placement: Placement): SessionRouter<Job> | undefined {
    if (this.#full) return undefined;
    this.tidy();
    const { fn_index, alone } = placement;
    if (alone && this.all.some((one) => one.busyWith(fn_index))) return undefined;
    const session = this.#choose(placement);
    return session.isCancelling(fn_index) ? undefined : session;
  }

  #choose({ fn_index, session_hash }: Placement): SessionRouter<Job> {
    let usable = this.all.filter((one) => !one.retired);
    if (session_hash !== undefined)
      return usable.find((one) => one.session_hash === session_hash) ?? this.own;
    let { maxSessions } = this.#options;
    // The job itself waits, too.
    if (this.#waiting.size > 1) {
      usable = usable.slice(0, CROWDED_SESSIONS);
      maxSessions = Math.min(maxSessions, CROWDED_SESSIONS);
    }
    for (const session of usable) {
      // A job waits for a cancel in the client's own session rather than leave it.
      const isCancelling = session !== this.own && session.isCancelling(fn_index);
      const isCrowded = session.pending >= JOBS_OF_A_STREAM;
      if (!(isCancelling || isCrowded || session.busyWith(fn_index))) return session;
    }
    if (usable.length < maxSessions) {
      const spare = this.#newSession();
      this.#spares.push(spare);
      return spare;
    }
    return usable.reduce((least, one) => (one.pending < least.pending ? one : least));
  }
}
