/**
 * What a client decides about its jobs: events in, effects out.
 *
 * The client performs the effects that a method returns; time comes in as a number of seconds. The rules are those of
 * Python's engine; what differs stands in docs/protocol.md, "The two engines". Vectors: sessions.
 */

import { ClientClosedError, EndpointError, GradlinkError, SessionLostError } from "../errors.ts";
import {
  type CancelPlan,
  cancel,
  cancelAnswered,
  cancelFailed,
  cancellable,
  collateralOfStop,
  LOOK_SECONDS,
  look,
} from "../protocol/cancelling.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/jsonvalue.ts";
import type { Message } from "../protocol/messages.ts";
import type { LimitPhase } from "../protocol/policy.ts";
import { QueueWatch, STARTUP_SECONDS } from "../protocol/queuewatch.ts";
import { mayStart, SessionRouter } from "../protocol/router.ts";
import { type AppSchema, type Endpoint, withoutRendered, withRendered } from "../protocol/schema.ts";
import { placementOf, type SessionOptions, SessionPool } from "../protocol/sessions.ts";
import type { AbortSignalLike } from "../types.ts";
import type { Effect, JobState, ResetAlone, SendCancel, SetLimit } from "./effects.ts";
import { crossedBreak, lostState, lostWith, stoppedAlong } from "./failures.ts";

// uvicorn closes a connection that was used and then idle for 5 s; while one is in use the app was not restarted.
const KEEPALIVE_SECONDS = 4;

/** The sessions and the pending jobs of one client. */
export class Engine<Job extends JobState> {
  /** The app, with the endpoints that `gr.render` made in the client's own session. */
  schema: AppSchema;
  /** The client was closed. */
  closed = false;
  /** Its sessions, and the jobs that wait for a place in one. */
  readonly pool: SessionPool<Job>;
  readonly #newSessionHash: () => string;
  /** All jobs that have not ended, in order. */
  readonly #jobs: Set<Job> = new Set();
  /** Those that have a connection of their own, and the session of each. */
  readonly #alone: Map<Job, string> = new Map();
  #queue: QueueWatch<Job> = new QueueWatch();
  #heardAt: number;

  /** @param newSessionHash makes names that cannot be guessed. */
  constructor(schema: AppSchema, options: SessionOptions, newSessionHash: () => string, now: number) {
    this.schema = schema;
    this.#newSessionHash = newSessionHash;
    this.#heardAt = now;
    const newSession = () => new SessionRouter<Job>(newSessionHash(), this.schema.dialect.cancels);
    this.pool = new SessionPool(newSession, options);
  }

  // -- the app

  #checkOpen(): void {
    if (this.closed) throw new ClientClosedError("the client is closed");
  }

  /** Note that the server has answered. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /**
   * Tell whether the app may have been restarted since it was heard.
   *
   * A restart closes all connections, so it cannot have happened while one was in use.
   */
  doubtsApp(now: number): boolean {
    return now - this.#heardAt >= KEEPALIVE_SECONDS;
  }

  /** Take what the app is after a restart; its sessions are gone. */
  restarted(schema: AppSchema): void {
    this.schema = schema;
    this.pool.forget();
    this.#queue = new QueueWatch();
  }

  // -- sessions

  /** The client's own session. */
  get session_hash(): string {
    return this.pool.own.session_hash;
  }

  /** Use another session from now on; jobs that run end where they are. */
  renewSession(session_hash?: string): Effect<Job>[] {
    this.pool.renewOwn(session_hash);
    this.schema = withoutRendered(this.schema);
    return [{ do: "RenewHeartbeat" }];
  }

  /** Return the session that a job is pending in. */
  sessionOf(event_id: string | undefined): SessionRouter<Job> | undefined {
    return event_id === undefined ? undefined : this.pool.all.find((one) => one.entries.has(event_id));
  }

  // -- sending

  /**
   * Send a job.
   *
   * @throws ClientClosedError; SessionLostError if the State that it would use is lost.
   */
  submit(job: Job): Effect<Job>[] {
    this.#checkOpen();
    const effects: Effect<Job>[] = [];
    // It was cancelled before.
    if (job.tracker.outcome) return effects;
    this.#beginPhase(job, "total", effects);
    if (job.endpoint.direct) effects.push({ do: "RunDirect", job });
    else if (!this.schema.dialect.sharesStream) effects.push({ do: "RunAlone", job });
    else this.#place(job, effects);
    this.#jobs.add(job);
    return effects;
  }

  /** Send a job again that was lost, in a session that the server knows nothing of. */
  resubmit(job: Job): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    if (job.tracker.outcome) return effects;
    try {
      this.#checkOpen();
      this.#place(job, effects);
    } catch (error) {
      if (!(error instanceof GradlinkError)) throw error;
      this.#fail(job, error, effects);
    }
    return effects;
  }

  #place(job: Job, effects: Effect<Job>[]): void {
    const { stateful, rendered } = job.endpoint;
    const { dialect } = this.schema;
    const lost = stateful && !rendered ? this.pool.claimState() : undefined;
    if (lost !== undefined) throw lostState(lost);
    const session = this.pool.place(job, placementOf(job.endpoint, dialect));
    this.#beginPhase(job, "queue", effects);
    if (session) effects.push({ do: "Join", job, session });
  }

  /** Take its place from a job that the server has not accepted. */
  #vacate(job: Job, session: SessionRouter<Job>, effects: Effect<Job>[]): void {
    session.joinFailed(job);
    job.cancelling = false;
    this.#notify(job, effects);
    this.#admit(effects);
  }

  /** Send jobs that waited for a place. */
  #admit(effects: Effect<Job>[]): void {
    if (this.closed) return;
    for (const [job, session] of this.pool.admit()) effects.push({ do: "Join", job, session });
  }

  /** Let the job enter a phase: the limit of the one before ends, that of this one counts from now. */
  #beginPhase(job: Job, phase: LimitPhase, effects: Effect<Job>[]): void {
    if (phase !== "total") job.stage += 1;
    const seconds = job.options.timeout[phase];
    if (seconds !== null) effects.push({ do: "SetLimit", job, phase, stage: job.stage, seconds });
  }

  /** Note that the job's files are sent. */
  uploading(job: Job): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    this.#beginPhase(job, "upload", effects);
    return effects;
  }

  /**
   * Return whether the job's join is to be sent now, which counts as sent from here on.
   *
   * If a cancel of its function has begun in the session since it has its place, it waits for another one.
   */
  joining(job: Job, session: SessionRouter<Job>): [isSent: boolean, effects: Effect<Job>[]] {
    const effects: Effect<Job>[] = [];
    const { endpoint, tracker } = job;
    if (!tracker.outcome && session.isCancelling(endpoint.fn_index)) {
      session.joinFailed(job);
      this.pool.putBack(job, placementOf(endpoint, this.schema.dialect));
      this.#admit(effects);
      return [false, effects];
    }
    if (!tracker.beginSending()) {
      this.#vacate(job, session, effects);
      return [false, effects];
    }
    session.joinSent(job, endpoint.fn_index, endpoint.generator);
    this.#beginPhase(job, "queue", effects);
    // The server knows the session already, so its stream can be opened while the join is on its way.
    this.#readIfWanted(session, effects);
    return [true, effects];
  }

  /** Take the server's answer to a join. */
  joined(job: Job, session: SessionRouter<Job>, event_id: string, now: number): Effect<Job>[] {
    this.#heardAt = now;
    job.cancelling = false;
    job.tracker.joined(event_id);
    const effects: Effect<Job>[] = [];
    this.#notify(job, effects);
    for (const message of session.register(job, event_id)) this.#take(session, job, message, effects);
    if (session.isInDoubt(job)) {
      session.joinFailed(job);
      this.#lose(job, crossedBreak(), effects);
      this.#admit(effects);
    } else if (job.tracker.outcome) {
      // It was cancelled while the join was on its way.
      this.#cancelEvent(session, event_id, effects);
    }
    this.#readIfWanted(session, effects);
    // After the stream, which is waited for, and may have the one connection that is there.
    if (this.schema.wantsHeartbeat) effects.push({ do: "StartHeartbeat" });
    return effects;
  }

  /** Note that the server did not accept a job. */
  joinFailed(job: Job, session: SessionRouter<Job>, error: GradlinkError): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    job.tracker.fail(error);
    this.#vacate(job, session, effects);
    return effects;
  }

  #readIfWanted(session: SessionRouter<Job>, effects: Effect<Job>[]): void {
    if (session.startReading()) effects.push({ do: "OpenStream", session });
  }

  // -- without the queue

  /** Return whether the job's request is to be sent now, which counts as sent from here on. */
  runningDirectly(job: Job): [isSent: boolean, effects: Effect<Job>[]] {
    return this.#sending(job, "run");
  }

  #sending(job: Job, phase: LimitPhase): [isSent: boolean, effects: Effect<Job>[]] {
    const effects: Effect<Job>[] = [];
    const isSent = job.tracker.beginSending();
    if (isSent) this.#beginPhase(job, phase, effects);
    return [isSent, effects];
  }

  /** Take the answer of a function that was called without the queue. */
  ranDirectly(job: Job, output: JsonObject & { data: JsonValue[] }): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    job.tracker.succeed(output);
    this.#notify(job, effects);
    return effects;
  }

  /** End a job with `error`. */
  fail(job: Job, error: GradlinkError): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    this.#fail(job, error, effects);
    return effects;
  }

  #fail(job: Job, error: GradlinkError, effects: Effect<Job>[]): void {
    job.tracker.fail(error);
    this.#notify(job, effects);
  }

  // -- on a connection of its own

  /**
   * Return the session for a job with a connection of its own, undefined if it has ended.
   *
   * Gradio 3 gives two jobs of one generator and session the values of one and the same generator.
   */
  beginAlone(job: Job): string | undefined {
    if (job.tracker.outcome) return undefined;
    const { fn_index, stateful } = job.endpoint;
    const busy = [...this.#alone.keys()].some((other) => other.endpoint.fn_index === fn_index);
    const session_hash = busy && !stateful ? this.#newSessionHash() : this.session_hash;
    this.#alone.set(job, session_hash);
    return session_hash;
  }

  /** Return whether the job's connection is to be made now; the job counts as sent from here on. */
  joiningAlone(job: Job): [isSent: boolean, effects: Effect<Job>[]] {
    return this.#sending(job, "queue");
  }

  /** Take the name that the server has given to a job on its own stream. */
  joinedAlone(job: Job, event_id: string | undefined): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    job.tracker.joined(event_id);
    this.#notify(job, effects);
    return effects;
  }

  /** Take a message about a job that is not one of a session's stream. */
  receivedAlone(job: Job, message: Message): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    this.#receive(job, message, effects);
    return effects;
  }

  /**
   * Forget a job with a connection of its own, which has ended.
   *
   * @param error why; undefined if the server ended it cleanly, which is how it cancels a job.
   * @param isLost the job may have been accepted.
   */
  leftAlone(job: Job, error: GradlinkError | undefined, isLost: boolean): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    const { tracker } = job;
    this.#alone.delete(job);
    job.cancelling = false;
    if (!error) tracker.cancel();
    else if (isLost) tracker.lose(error);
    else tracker.fail(error);
    this.#notify(job, effects);
    return effects;
  }

  // -- receiving

  /** Take a message of a session's stream. */
  received(session: SessionRouter<Job>, message: Message): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    if (message.msg === "heartbeat") {
      if (!session.heardHeartbeat()) effects.push({ do: "LeaveStream", session });
      return effects;
    }
    for (const job of session.route(message)) this.#take(session, job, message, effects);
    // The stream of a session that is used no more does not end by itself.
    if (session.retired && session.idle) effects.push({ do: "LeaveStream", session });
    return effects;
  }

  /** Give a job its message. */
  #receive(job: Job, message: Message, effects: Effect<Job>[]): void {
    job.tracker.receive(message);
    this.#notify(job, effects);
    if (!this.#queue.settled) {
      const { armed } = this.#queue;
      if (this.#queue.take(job, message)) effects.push({ do: "WatchQueue", seconds: STARTUP_SECONDS });
      else if (armed && this.#queue.settled) effects.push({ do: "LeaveQueue" });
    }
    if (job.ran || job.tracker.phase !== "running") return;
    job.ran = true;
    this.#beginPhase(job, "run", effects);
  }

  /** Give a job its message, and apply what it means for its session. */
  #take(session: SessionRouter<Job>, job: Job, message: Message, effects: Effect<Job>[]): void {
    const { tracker } = job;
    const wasPending = !tracker.outcome;
    const { msg, event_id = "" } = message;
    // Its caller is to find the endpoints that it makes.
    if ("renders" in message && message.renders) this.#takeRendered(message.output, session, effects);
    this.#receive(job, message, effects);
    if (msg === "process_starts" || msg === "process_generating") {
      if (session.started(event_id)) this.#cancelReady(session, effects);
    } else if (msg === "process_completed") {
      // The server's answer to a cancel is a success with nothing in it.
      const isCancelled = message.success && message.data === undefined;
      for (const other of isCancelled ? [] : collateralOfStop(session, event_id)) {
        other.tracker.lose(stoppedAlong());
        this.#notify(other, effects);
      }
      this.#endedAtServer(session, event_id, isCancelled, effects);
    } else if (msg === "unreadable" && message.isEnd) {
      this.#endedAtServer(session, event_id, false, effects);
    } else if (msg === "unexpected_error") return;
    // Nothing could be made of what it brought: it is not to be worked on any more.
    if (wasPending && tracker.outcome && session.entries.has(event_id))
      this.#cancelEvent(session, event_id, effects);
  }

  #endedAtServer(
    session: SessionRouter<Job>,
    event_id: string,
    isCancelled: boolean,
    effects: Effect<Job>[],
  ): void {
    const job = session.entries.get(event_id)?.job;
    session.ended(event_id, isCancelled);
    if (job?.cancelling && !session.cancelling.has(event_id)) {
      // It was to be stopped when it started, and has ended by itself.
      job.cancelling = session.entries.has(event_id);
      this.#notify(job, effects);
    }
    this.#cancelReady(session, effects);
  }

  /** Take the endpoints that `gr.render` made: they exist in the client's own session only. */
  #takeRendered({ render_config }: JsonObject, session: SessionRouter<Job>, effects: Effect<Job>[]): void {
    if (session !== this.pool.own || !isObject(render_config)) return;
    try {
      this.schema = withRendered(this.schema, render_config, session.session_hash);
    } catch {
      // An app can say anything; the job has its values all the same.
      return;
    }
    const { endpoints } = this.schema;
    if ([...endpoints.values()].some(({ stateful }) => stateful)) effects.push({ do: "StartHeartbeat" });
  }

  /** Note that a stream has ended, cleanly or with `error`; OpenStream asks for the next one. */
  streamEnded(
    session: SessionRouter<Job>,
    error: GradlinkError | undefined,
    { carried }: { readonly carried: boolean },
  ): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    if (error) {
      const isUnknown = error instanceof SessionLostError;
      for (const job of session.streamClosed(isUnknown ? "unknown session" : "broken"))
        this.#lose(job, lostWith(error), effects);
    }
    this.#admit(effects);
    session.reading = session.wantsAnother(carried) && !this.closed;
    if (session.reading) effects.push({ do: "OpenStream", session });
    return effects;
  }

  /** End a job that is lost, or have it sent again. */
  #lose(job: Job, error: GradlinkError, effects: Effect<Job>[]): void {
    if (this.closed || !mayResend(job, error) || !job.tracker.restart()) {
      job.cancelling = false;
      job.tracker.lose(error);
      this.#notify(job, effects);
      return;
    }
    job.resent += 1;
    job.ran = false;
    effects.push({ do: "Resend", job });
  }

  /** End the job if the phase whose time is over still lasts. */
  limitReached(limit: SetLimit<Job>): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    if (!lasts(limit)) return effects;
    const { job, phase, seconds } = limit;
    job.tracker.expire(phase, seconds);
    this.#notify(job, effects);
    this.#stop(job, effects);
    return effects;
  }

  /** Note that the time of WatchQueue has passed; asks once for a queue that runs nothing to be started. */
  queueStands(): Effect<Job>[] {
    const jobs = this.closed ? [] : this.#queue.expired((job) => !job.tracker.outcome);
    return jobs.length ? [{ do: "StartQueue", jobs }] : [];
  }

  // -- cancelling

  /** End a job as cancelled, and see that the server stops it; `job.cancelling` until it was asked to. */
  cancel(job: Job, signal?: AbortSignalLike): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    job.tracker.cancel(signal);
    this.#notify(job, effects);
    this.#stop(job, effects);
    return effects;
  }

  /** Jobs that the server is to be asked to cancel in a moment. */
  get cancelling(): Job[] {
    return this.pool.all.flatMap((session) => session.jobs).filter((job) => job.cancelling);
  }

  /** Make the server stop a job, wherever it is. */
  #stop(job: Job, effects: Effect<Job>[]): void {
    if (this.pool.withdraw(job)) return;
    const { event_id } = job.tracker;
    if (this.#alone.has(job)) {
      job.cancelling = event_id !== undefined && this.schema.dialect.resetsAlone && !this.closed;
      effects.push(
        event_id !== undefined && job.cancelling
          ? { do: "ResetAlone", job, event_id }
          : { do: "StopAlone", job },
      );
      return;
    }
    const joining = this.pool.all.find((one) => one.joining.has(job));
    if (joining) {
      // The sender finds it cancelled, and the cancel is sent then.
      joining.withdraw(job);
      job.cancelling = true;
      return;
    }
    const session = this.sessionOf(event_id);
    if (session && event_id !== undefined && !this.closed) this.#cancelEvent(session, event_id, effects);
  }

  /** Ask the server to cancel a job that it has accepted, at once or when no other job is hit. */
  #cancelEvent(session: SessionRouter<Job>, event_id: string, effects: Effect<Job>[]): void {
    const entry = session.entries.get(event_id);
    const plan: CancelPlan | undefined = cancel(session, event_id);
    if (!entry || !plan) return;
    const { job, fn_index } = entry;
    if (plan === "later") {
      job.cancelling = mayStart(entry);
      this.#watch(session, effects);
      return;
    }
    job.cancelling = true;
    effects.push({ do: "SendCancel", job, session, event_id, fn_index, plan });
  }

  /** Send the cancels that waited and hit no other job any more, and the jobs that waited for them. */
  #cancelReady(session: SessionRouter<Job>, effects: Effect<Job>[]): void {
    for (const event_id of cancellable(session)) this.#cancelEvent(session, event_id, effects);
    for (const [event_id, entry] of session.entries) {
      const { job } = entry;
      if (!job.cancelling || mayStart(entry) || session.cancelling.has(event_id)) continue;
      // It waits for other jobs now, perhaps for a long time.
      job.cancelling = false;
      this.#notify(job, effects);
    }
    this.#admit(effects);
  }

  /** Look from time to time which jobs wait for their place, so that cancels that wait can be sent. */
  #watch(session: SessionRouter<Job>, effects: Effect<Job>[]): void {
    if (this.closed || session.watched || !look(session)) return;
    session.watched = true;
    this.#cancelReady(session, effects);
    effects.push({ do: "RetryCancelsLater", session, seconds: LOOK_SECONDS });
  }

  /** Note that the time of RetryCancelsLater has passed. */
  retryCancels(session: SessionRouter<Job>): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    session.watched = false;
    this.#watch(session, effects);
    return effects;
  }

  /** Note that the server has carried out a cancel. */
  cancelAnswered({ job, session, event_id, plan }: SendCancel<Job>): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    job.cancelling = false;
    this.#notify(job, effects);
    cancelAnswered(session, event_id, plan);
    this.#cancelReady(session, effects);
    return effects;
  }

  /** Note that a cancel did not reach the server; the job ends there by itself. */
  cancelFailed({ job, session, event_id }: SendCancel<Job>): Effect<Job>[] {
    const effects: Effect<Job>[] = [];
    job.cancelling = false;
    this.#notify(job, effects);
    cancelFailed(session, event_id);
    this.#admit(effects);
    return effects;
  }

  /** Note that the server was asked to reset a job with a stream of its own. */
  resetEnded({ job }: ResetAlone<Job>): Effect<Job>[] {
    const effects: Effect<Job>[] = [{ do: "StopAlone", job }];
    job.cancelling = false;
    this.#notify(job, effects);
    return effects;
  }

  // -- live input

  /**
   * Return the event id and the session of a job that takes input while it runs.
   *
   * @throws the error of a job that was not accepted; EndpointError for one that has ended or takes no further input.
   */
  liveSession({ endpoint, tracker }: Job): [event_id: string, session_hash: string] {
    checkLive(endpoint);
    const { event_id, outcome } = tracker;
    if (event_id === undefined && outcome?.kind === "failed") throw outcome.error;
    const session = this.sessionOf(event_id);
    if (event_id !== undefined && session) return [event_id, session.session_hash];
    throw new EndpointError(`${endpoint.title}: the job has ended, it takes no further input`);
  }

  // -- the end

  /** Take no more jobs, and end all that are pending. */
  close(): Effect<Job>[] {
    this.closed = true;
    const effects: Effect<Job>[] = [];
    for (const job of this.#jobs) {
      job.cancelling = false;
      job.tracker.stop(new ClientClosedError(`${job.endpoint.title}: the client was closed`));
      this.#notify(job, effects);
    }
    for (const job of this.#alone.keys()) effects.push({ do: "StopAlone", job });
    for (const session of this.pool.all) if (session.reading) effects.push({ do: "LeaveStream", session });
    return effects;
  }

  #notify(job: Job, effects: Effect<Job>[]): void {
    if (job.tracker.outcome) this.#jobs.delete(job);
    effects.push({ do: "Notify", job });
  }
}

/** Tell whether the phase that is limited is not over. */
export function lasts({ job, phase, stage }: SetLimit<JobState>): boolean {
  return !job.tracker.outcome && (phase === "total" || stage === job.stage);
}

/** Throw EndpointError if `endpoint` takes no input while it runs. */
function checkLive({ live, title }: Endpoint): void {
  if (live) return;
  throw new EndpointError(`${title} takes no further input; only endpoints of .stream() events do`);
}

/**
 * Tell whether a job that was lost with `error` is sent again in a fresh session.
 *
 * A call with State is never: it would move to another session. Others are once if the server does not know the session,
 * which several replicas without sticky sessions bring about, and for any loss if their caller asked for it.
 */
function mayResend({ endpoint, options, resent }: JobState, error: GradlinkError): boolean {
  const { resubmit, retries } = options;
  if (endpoint.stateful || endpoint.rendered) return false;
  if (resubmit && resent < retries.count) return true;
  return error instanceof SessionLostError && !resent && retries.count > 0;
}
