/** A live connection to one app: its session, its stream, and the jobs on it. */

import { GradlinkError } from "../errors.ts";
import type { Space } from "../hub/space.ts";
import { fileAddress } from "../protocol/files.ts";
import { JobTracker } from "../protocol/job.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/jsonvalue.ts";
import type { Message } from "../protocol/messages.ts";
import { type Arguments, bind, bodyOf, type Payload } from "../protocol/payload.ts";
import type { Retries, Timeout } from "../protocol/policy.ts";
import { QueueWatch, STARTUP_SECONDS } from "../protocol/queuewatch.ts";
import { refuseBatch } from "../protocol/quirks.ts";
import { RepeatDecoder } from "../protocol/repeats.ts";
import { eventIdOf } from "../protocol/replies.ts";
import { newSessionHash, SessionRouter } from "../protocol/router.ts";
import type { Routes } from "../protocol/routes.ts";
import type { AppSchema, Endpoint } from "../protocol/schema.ts";
import { withoutRendered, withRendered } from "../protocol/schema.ts";
import type { ClientOptions, EventStreamLike, Platform } from "../types.ts";
import { cancelJob, jobEnded, sendCancel, sendWaitingCancels, underWay } from "./cancel.ts";
import type { Found } from "./connect.ts";
import { runDirect } from "./direct.ts";
import { Heartbeat } from "./heartbeat.ts";
import { clientClosed, type Http } from "./http.ts";
import { part } from "./parts.ts";
import { readStreams } from "./reader.ts";
import { checkRestart, startQueue } from "./restart.ts";
import { crossedBreak, stateLost, streamBroke } from "./stream-lost.ts";
import { type JobOptions, misread, Submission } from "./submission.ts";
import { sendFilesOf } from "./uploads.ts";

// Joins on their way at a time; each is short, and a server answers no faster to more.
const MAX_JOINS = 40;
// uvicorn closes a connection that was used and then idle for 5 s; a restart closes all.
const FRESH_MS = 4000;

type Session = SessionRouter<Submission>;

/** What a connection needs of its client. */
export interface Owner {
  readonly platform: Platform | undefined;
  readonly options: ClientOptions;
  readonly space: Space | undefined;
  /** The program has put a `fetch` of its own in place. */
  readonly hasOwnFetch: boolean;
  stream(url: { readonly href: string }): EventStreamLike;
  /** Return the headers and cookies of the client, for what goes to the app by other ways than `fetch`. */
  credentials(url: string, given?: Record<string, string>): Record<string, string>;
  /** The app was restarted, or has made new functions. */
  learned(schema: AppSchema): void;
}

/** How a client's calls are made. */
export interface Limits {
  readonly retries: Retries;
  readonly timeout: Timeout;
}

/** Everything of a client that lives: exchanges, the session, pending jobs. */
export class Connection {
  readonly http: Http;
  readonly owner: Owner;
  readonly retries: Retries;
  readonly timeout: Timeout;
  routes: Routes;
  schema: AppSchema;
  /** The session that the client uses first, then those that it has left, with jobs that end there. */
  sessions: Session[];
  /** Jobs that have no place in a session, on the direct route or with a connection of their own; what stops them. */
  readonly others: Map<Submission, () => void> = new Map();
  /** Reads messages, also of jobs that send many. */
  readonly decoder: RepeatDecoder = new RepeatDecoder();
  /** Whether the app's queue is seen to run. */
  queue: QueueWatch<Submission> = new QueueWatch();
  /** When the server was heard last. */
  heardAt: number = Date.now();
  /** A job with State was sent under this session. */
  holdsState = false;
  lostState: string | undefined;
  /** Jobs that would be hit by a cancel, or must not be at the server beside another one of their function. */
  readonly #waiting: Submission[] = [];
  /** Cancels that are being sent. */
  readonly cancels: Set<Promise<void>> = new Set();
  /** Wakes jobs that a cancel on its way would hit. */
  readonly #held: (() => void)[] = [];
  /** Wakes jobs one by one when fewer joins are under way. */
  readonly #joins: (() => void)[] = [];
  #joinsUnderWay = 0;
  #heartbeat: { renew(): void } | undefined;

  constructor(owner: Owner, http: Http, found: Found, session_hash: string | undefined, limits: Limits) {
    this.owner = owner;
    this.http = http;
    this.routes = found.routes;
    this.schema = found.schema;
    this.retries = limits.retries;
    this.timeout = limits.timeout;
    this.sessions = [this.#newSession(session_hash)];
  }

  // -- sessions

  /** The session that the client uses. */
  get session(): Session {
    return this.sessions[0] as Session;
  }

  #newSession(session_hash: string = newSessionHash()): Session {
    return new SessionRouter(session_hash);
  }

  /** Use another session from now on; jobs that run end where they are. */
  replaceSession(session_hash?: string): void {
    // The stream of an existing one is read already: a second reader would steal its messages.
    const existing = this.sessions.find((one) => one.session_hash === session_hash && !one.unusable);
    const used = existing ?? this.#newSession(session_hash);
    this.sessions = [used, ...this.sessions.filter((one) => one !== used && !one.idle)];
    for (const one of this.sessions) one.superseded = one !== used;
    this.#heartbeat?.renew();
  }

  /** Use another session, and its State, from now on. */
  renewSession(session_hash?: string): void {
    this.holdsState = false;
    this.lostState = undefined;
    this.replaceSession(session_hash);
    this.learn(withoutRendered(this.schema));
  }

  // -- sending

  /** Return the call of an endpoint with these arguments; throws for wrong ones, nothing is sent. */
  bind(endpoint: Endpoint, given: Arguments): Payload {
    try {
      if (this.http.closed) throw clientClosed();
      refuseBatch(endpoint, this.schema.dialect);
      return bind(endpoint, given, this.routes);
    } catch (error) {
      if (error instanceof GradlinkError)
        Object.assign(error, { endpoint: endpoint.title, execution: "not started" });
      throw error;
    }
  }

  /** Send a job in the background. */
  begin(call: Payload, options: JobOptions): Submission {
    const { dialect } = this.schema;
    const { title, generator, direct } = call.endpoint;
    const isSilent = !options.events.length;
    const tracker = new JobTracker({ api_name: title, generator, dialect, isSilent });
    const job = new Submission(this, tracker, call, options);
    if (options.signal?.aborted) {
      tracker.cancel(options.signal);
      job.wake();
    } else if (!direct && dialect.sharesStream) this.enter(job);
    else this.#runAlone(job, direct).catch((error: unknown) => job.fail(error));
    return job;
  }

  /** Give a job its place in the session, or let it wait for one. */
  enter(job: Submission): void {
    if (this.http.closed) {
      job.fail(clientClosed());
      return;
    }
    const { fn_index, stateful, rendered, batch } = job.endpoint;
    if (this.session.retired) {
      if (this.holdsState) this.lostState = this.session.session_hash;
      this.replaceSession();
    }
    if (stateful && !rendered) {
      if (this.lostState !== undefined) {
        stateLost(this, job);
        return;
      }
      this.holdsState = true;
    }
    if (this.schema.wantsHeartbeat) this.beat();
    // In a Worker an exchange belongs to the request that began it, and is never heard of again in the next one.
    if (
      this.session.reading &&
      this.session.idle &&
      globalThis.navigator?.userAgent === "Cloudflare-Workers"
    ) {
      if (this.holdsState) this.session.reading = false;
      else this.replaceSession();
    }
    if (!job.call.uploads.length) job.enter("queue");
    const { session } = this;
    const alone = batch && this.schema.dialect.mixesBatches && session.busyWith(fn_index);
    if (alone || session.isCancelling(fn_index)) this.#waiting.push(job);
    else {
      session.joinStarted(job, fn_index);
      this.#join(job, session).catch((error: unknown) => job.fail(error));
    }
  }

  /** Send jobs that waited. */
  admit(): void {
    for (const wake of this.#held.splice(0)) wake();
    for (const job of this.#waiting.splice(0)) if (!job.done) this.enter(job);
  }

  /** Upload the job's files and put it into the app's queue. */
  async #join(job: Submission, session: Session): Promise<void> {
    const { http } = this;
    let event_id: string | undefined;
    let cancelled: Promise<void> | undefined;
    try {
      const data = await this.prepare(job);
      for (let turn = this.#turn(job, session); turn; turn = this.#turn(job, session)) await turn;
      // From here until it is sent nothing may be waited for: whoever cancels it meanwhile would hear that it was not.
      if (!job.done) {
        this.#joinsUnderWay += 1;
        // The server knows the session already, so its stream can be opened while the join is on its way.
        this.#readIfWanted(session);
        job.tracker.sent = true;
        session.joinSent(job, job.endpoint.fn_index, job.endpoint.generator);
        const body = this.bodyOf(job, data, session.session_hash);
        const { headers } = job.options;
        const request = { method: "POST", body, headers, signal: job.left, wanted: () => !job.done };
        const once = async () => eventIdOf(await http.exchange(`${this.routes.api}queue/join`, request));
        event_id = await http
          .retrying(job.options.retries, once, undefined, () => job.ended)
          .finally(() => (this.#joinsUnderWay -= 1));
        this.heardAt = Date.now();
      }
    } catch (error) {
      job.fail(error);
    }
    this.#joins.shift()?.();
    if (event_id === undefined) session.joinFailed(job);
    else {
      job.tracker.joined(event_id);
      job.wake();
      for (const message of session.register(job, event_id)) this.#handOver(session, job, message);
      const inDoubt = session.inDoubt.has(job);
      if (inDoubt) {
        session.joinFailed(job);
        crossedBreak(this, job);
      }
      this.#readIfWanted(session);
      // It was cancelled while the join was on its way.
      if (job.done && !inDoubt) cancelled = sendCancel(this, session, event_id);
    }
    // Those that it kept from being sent, since it was cancelled or must be alone.
    this.admit();
    await cancelled;
    job.cancelSent = true;
    job.wake();
  }

  /** Return what a job has to wait for before it may be sent; undefined if it may be now, or has ended. */
  #turn(job: Submission, session: Session): Promise<void> | undefined {
    if (job.done) return undefined;
    const isFree = this.#joinsUnderWay < MAX_JOINS;
    if (session.isCancelling(job.endpoint.fn_index)) {
      // Who cannot use its turn leaves it to the next one.
      if (isFree) this.#joins.shift()?.();
      return new Promise((resolve) => this.#held.push(resolve));
    }
    return isFree ? undefined : new Promise((resolve) => this.#joins.push(resolve));
  }

  /** Run a job without a session: without the queue, or on a connection of its own (before 4.9). */
  async #runAlone(job: Submission, direct: boolean): Promise<void> {
    try {
      if (direct) {
        this.others.set(job, () => {});
        await runDirect(this, job);
      } else
        await (await part(import("./job-connection.ts"), "apps before Gradio 4.9")).runOnOwnConnection(
          this,
          job,
        );
    } catch (error) {
      if (!job.done) job.fail(error);
    } finally {
      this.others.delete(job);
    }
  }

  /** Upload the job's files and return its data; see first whether the app is still the same. */
  async prepare(job: Submission): Promise<JsonValue[]> {
    // A restart closes all connections, so it cannot have happened while one was in use.
    if (Date.now() - this.heardAt > FRESH_MS) await checkRestart(this, job);
    await this.owner.space?.lend(job.options.headers);
    const { call } = job;
    if (!call.uploads.length) return call.data;
    return await sendFilesOf(this, job);
  }

  /** Return the body of a job. */
  bodyOf(job: Submission, data: JsonValue[], session_hash: string): Record<string, unknown> {
    return bodyOf(job.endpoint, data, session_hash, job.options, this.owner.options.oauth_token);
  }

  learn(schema: AppSchema): void {
    this.schema = schema;
    this.owner.learned(schema);
  }

  /** Learn the endpoints that `gr.render` makes, before the job's caller hears of them. */
  learnRendered(session: Session, message: Message): void {
    // They exist in the client's own session only; State may be among what they have.
    if (!("renders" in message) || !message.renders || session !== this.session) return;
    const rendered = message.output["render_config"];
    if (!isObject(rendered)) return;
    this.learn(withRendered(this.schema, rendered, session.session_hash));
    if ([...this.schema.endpoints.values()].some((endpoint) => endpoint.stateful)) this.beat();
  }

  // -- receiving

  /** Return the stream of a session, which is asked for now. */
  openStream(session_hash: string): EventStreamLike {
    return this.owner.stream(new URL(this.signed(this.routes.stream(session_hash))));
  }

  /** Return an address of the app with what opens a private Space where headers cannot go. */
  signed(url: string): string {
    return this.owner.space?.signed(url) ?? url;
  }

  /** Return where a file of the app is fetched. */
  fileUrl(data: JsonObject): string {
    const [address, own] = fileAddress(this.routes, data);
    return own ? this.signed(address) : address;
  }

  /** Hand `message` to its job; return whether the stream is to be read on. */
  deliver(session: Session, message: Message): boolean {
    for (const job of session.route(message)) this.#handOver(session, job, message);
    // The stream of a session that was left or is unusable need not end by itself.
    return !(session.retired && session.idle);
  }

  /** Give a job its message and apply what it means for its session. */
  #handOver(session: Session, job: Submission, message: Message): void {
    const { event_id = "", msg } = message;
    const wasDone = job.done;
    try {
      this.learnRendered(session, message);
      job.receive(message);
    } catch (cause) {
      job.fail(misread(cause));
    }
    const isEnd = msg === "process_completed" || (msg === "unreadable" && message.isEnd);
    if ((msg === "process_starts" || msg === "process_generating") && session.started(event_id)) {
      // It was cancelled before, and can be stopped now.
      sendWaitingCancels(this, session);
      this.admit();
    }
    // What its caller cannot be given any more is not to be worked on.
    if (job.done && !wasDone && !isEnd) job.cancelThere();
    if (isEnd) {
      jobEnded(this, session, event_id, msg === "process_completed" && message.success && !message.data);
      this.admit();
    }
  }

  /** Apply the end of a stream; return whether another one is to be read. */
  streamEnded(session: Session, error: GradlinkError | undefined): boolean {
    if (error) streamBroke(this, session, error);
    this.admit();
    // A job that joined while the server closed the stream would wait for the next one.
    if (this.http.closed && session.hasPending) streamBroke(this, session, clientClosed());
    session.reading = session.hasPending;
    return session.reading;
  }

  #readIfWanted(session: Session): void {
    if (!session.startReading()) return;
    readStreams(this, session).catch((error: unknown) => {
      // Whatever it is, the jobs on this stream must not wait for a reader that is gone.
      session.reading = false;
      streamBroke(this, session, misread(error));
      this.admit();
    });
  }

  /** Ask the app to start its queue, unless it is seen to run before some seconds have passed. */
  watchQueue(job: Submission, message: Message): void {
    const { http, queue } = this;
    if (queue.settled || !queue.take(job, message)) return;
    const timer: unknown = setTimeout(() => {
      const waiting = http.closed ? [] : queue.expired((one) => !one.done);
      if (waiting.length) startQueue(this, waiting).catch(() => {});
    }, STARTUP_SECONDS * 1000);
    // What keeps the program running is the stream of the job that waits, as long as it does.
    (timer as { unref?: () => void }).unref?.();
  }

  /** Keep the session alive, unless that is done. */
  beat(): void {
    if (this.#heartbeat) return;
    if (!this.http.closed) this.#heartbeat = new Heartbeat(this);
  }

  // -- ending

  /** Tell the server, or whoever holds the job, that it has ended here; a few seconds are waited for that. */
  async cancel(job: Submission): Promise<void> {
    this.others.get(job)?.();
    await cancelJob(this, job);
  }

  /** End everything: exchanges are ended, and with them the jobs. */
  async close(): Promise<void> {
    const { http } = this;
    http.closed = true;
    for (const job of this.#waiting) job.fail(clientClosed());
    // A job that was cancelled just now is to be stopped on the server, too.
    if (this.cancels.size) await underWay(this);
    http.abort();
    for (const stop of [...this.others.values()]) stop();
  }
}
