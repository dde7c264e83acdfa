/** A live connection to one app: performs what the engine wants done. */

import type { Effect } from "../engine/effects.ts";
import { Engine } from "../engine/engine.ts";
import { unread, unsendable } from "../engine/failures.ts";
import { HeartbeatPolicy, StreamPolicy } from "../engine/streams.ts";
import { GradlinkError, withFacts } from "../errors.ts";
import type { Space } from "../hub/space.ts";
import { fileAddress } from "../protocol/files.ts";
import { JobTracker } from "../protocol/job.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import type { Message } from "../protocol/messages.ts";
import { type Arguments, bind, bodyOf, hintOf, type Payload, refuseMistakes } from "../protocol/payload.ts";
import type { Retries, Timeout } from "../protocol/policy.ts";
import { refuseBatch } from "../protocol/quirks.ts";
import { RepeatDecoder } from "../protocol/repeats.ts";
import { newSessionHash, type SessionRouter } from "../protocol/router.ts";
import type { Routes } from "../protocol/routes.ts";
import { type AppSchema, type Endpoint, seenTypes } from "../protocol/schema.ts";
import type { ClientOptions, EventStreamLike, Platform } from "../types.ts";
import type { Found } from "./connect.ts";
import { clientClosed } from "./exchange.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Http } from "./http.ts";
import { part } from "./parts.ts";
import { readStreams } from "./reader.ts";
import { startQueue } from "./restart.ts";
import { join, resend, resetAlone, runDirect, sendCancel } from "./sending.ts";
import { type JobOptions, Submission } from "./submission.ts";
import { atMost, now, watch } from "./timeouts.ts";

// As many as Python's client: Gradio tells each job that waits its place whenever one ends.
const MAX_JOBS = 40;
// A stream costs a connection. A browser has six for one host, of which the calls themselves need some.
const MAX_SESSIONS = 32;
const MAX_SESSIONS_OF_A_PAGE = 3;
// A server may only answer a cancel when the running step of the function has ended.
const CANCEL_SECONDS = 5;

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

/** Everything of a client that lives: exchanges, timers, and the engine. */
export class Connection {
  readonly http: Http;
  readonly owner: Owner;
  readonly retries: Retries;
  readonly timeout: Timeout;
  readonly engine: Engine<Submission>;
  /** Reads messages, also of jobs that send many. */
  readonly decoder: RepeatDecoder = new RepeatDecoder();
  routes: Routes;
  /** What the client knows of the app. */
  #known: AppSchema;
  /** What stops jobs that have a connection of their own. */
  readonly channels: Map<Submission, () => void> = new Map();
  /** Cancels that are being sent. */
  readonly #cancels: Set<Promise<void>> = new Set();
  readonly #maxJobs: number;
  /** Jobs that run without a place in a session, and what lets those begin that wait for one of them to end. */
  #apart = 0;
  readonly #waiting: (() => void)[] = [];
  #heartbeat: Heartbeat | undefined;
  #leaveQueue: (() => void) | undefined;
  #closing = false;

  constructor(owner: Owner, http: Http, found: Found, session_hash: string | undefined, limits: Limits) {
    this.owner = owner;
    this.http = http;
    this.routes = found.routes;
    this.#known = found.schema;
    this.retries = limits.retries;
    this.timeout = limits.timeout;
    const { max_jobs = MAX_JOBS, one_session } = owner.options;
    const most = owner.platform ? MAX_SESSIONS : MAX_SESSIONS_OF_A_PAGE;
    const options = { maxJobs: max_jobs, maxSessions: one_session ? 1 : most };
    this.#maxJobs = max_jobs;
    this.engine = new Engine(found.schema, options, newSessionHash, now());
    if (session_hash) this.engine.pool.own.session_hash = session_hash;
  }

  get schema(): AppSchema {
    return this.engine.schema;
  }

  // -- sending

  /**
   * Return the call of an endpoint with these arguments; throws for wrong ones, nothing is sent.
   *
   * @param isAgain it was made before the app was restarted, and is not refused now for what only looks wrong.
   */
  bind(endpoint: Endpoint, given: Arguments, isAgain = false): Payload {
    try {
      if (this.#closing) throw clientClosed();
      const { dialect } = this.schema;
      refuseBatch(endpoint, dialect);
      const call = bind(endpoint, given, this.routes, dialect);
      if (!isAgain) refuseMistakes(call);
      return call;
    } catch (error) {
      if (error instanceof GradlinkError)
        withFacts(error, { endpoint: endpoint.title, execution: "not started" });
      throw error;
    }
  }

  /** Send a job in the background. */
  begin(call: Payload, options: JobOptions): Submission {
    const { title: api_name, generator } = call.endpoint;
    const isSilent = !options.events.length;
    const { dialect } = this.schema;
    const outputs = dialect.mixesRuns ? seenTypes(call.endpoint) : [];
    const tracker = new JobTracker({ api_name, generator, dialect, outputs, isSilent, hint: hintOf(call) });
    const job = new Submission(this, tracker, call, options);
    const { signal } = options;
    if (signal?.aborted) {
      tracker.cancel(signal);
      job.wake();
    }
    if (globalThis.navigator?.userAgent === "Cloudflare-Workers") this.engine.pool.abandonIdle();
    try {
      this.perform(this.engine.submit(job));
    } catch (error) {
      if (!(error instanceof GradlinkError)) throw error;
      this.perform(this.engine.fail(job, error));
    }
    return job;
  }

  /** Return the body of a job. */
  bodyOf(job: Submission, data: JsonValue[], session_hash: string): Record<string, unknown> {
    return bodyOf(job.endpoint, data, session_hash, job.options, this.owner.options.oauth_token);
  }

  /** Use another session, and its State, from now on. */
  renewSession(session_hash?: string): void {
    this.perform(this.engine.renewSession(session_hash));
  }

  // -- the engine

  /** Begin all that the engine wants done. */
  perform(effects: readonly Effect<Submission>[]): void {
    const { engine } = this;
    if (engine.schema !== this.#known) {
      this.#known = engine.schema;
      this.owner.learned(engine.schema);
    }
    for (const effect of effects) {
      switch (effect.do) {
        case "Notify":
          effect.job.wake();
          break;
        case "SetLimit":
          watch(effect, () => this.perform(engine.limitReached(effect)));
          break;
        case "Join":
          this.#run(join(this, effect.job, effect.session), effect.job);
          break;
        case "RunDirect":
          this.#run(
            this.#inTurn(() => runDirect(this, effect.job)),
            effect.job,
          );
          break;
        case "RunAlone":
          this.#run(
            this.#inTurn(() => this.#runAlone(effect.job)),
            effect.job,
          );
          break;
        case "Resend":
          this.#run(resend(this, effect.job), effect.job);
          break;
        case "OpenStream":
          this.#read(effect.session);
          break;
        case "LeaveStream":
          // Readers look for it themselves, and end with the exchanges.
          break;
        case "SendCancel":
          this.#cancel(sendCancel(this, effect));
          break;
        case "RetryCancelsLater":
          this.#later(effect.seconds, () => this.perform(engine.retryCancels(effect.session)));
          break;
        case "ResetAlone":
          this.#cancel(resetAlone(this, effect));
          break;
        case "StopAlone":
          this.channels.get(effect.job)?.();
          break;
        case "WatchQueue":
          this.#leaveQueue = this.#later(effect.seconds, () => this.perform(engine.queueStands()));
          break;
        case "LeaveQueue":
          this.#leaveQueue?.();
          break;
        case "StartQueue":
          startQueue(this, effect.jobs).catch(() => {});
          break;
        case "StartHeartbeat":
          this.#heartbeat ??= new Heartbeat(this, new HeartbeatPolicy(() => engine.session_hash));
          break;
        case "RenewHeartbeat":
          this.#heartbeat?.renew();
          break;
        default:
          effect satisfies never;
      }
    }
  }

  /** Hand a message of a stream to its job; return whether the stream is to be read on. */
  deliver(session: Session, message: Message): boolean {
    const effects = this.engine.received(session, message);
    this.perform(effects);
    return !effects.some((effect) => effect.do === "LeaveStream");
  }

  /** Whatever fails in what is done for a job ends the job. */
  #run(work: Promise<void>, job: Submission): void {
    const { title } = job.endpoint;
    work.catch((error: unknown) => this.perform(this.engine.fail(job, unsendable(title, error))));
  }

  /** Do something for a job without a place in a session, with no more of them at a time than the sessions may have. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#apart < this.#maxJobs) this.#apart += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#apart -= 1;
    }
  }

  async #runAlone(job: Submission): Promise<void> {
    const { runOnOwnConnection } = await part(import("./job-connection.ts"), "apps before Gradio 4.9");
    await runOnOwnConnection(this, job);
  }

  #read(session: Session): void {
    const policy = new StreamPolicy(this.schema.dialect, this.retries);
    readStreams(this, session, policy).catch((error: unknown) => {
      // Whatever it is, the jobs on this stream must not wait for a reader that is gone.
      this.perform(this.engine.streamEnded(session, unread(error, true), { carried: false }));
    });
  }

  #cancel(work: Promise<void>): void {
    const sent = work.finally(() => this.#cancels.delete(sent));
    sent.catch(() => {});
    this.#cancels.add(sent);
  }

  /** Call `then` in some seconds, which keep no program running; return what takes that back. */
  #later(seconds: number, then: () => void): () => void {
    const { active } = this.http;
    const end = () => {
      clearTimeout(timer);
      active.delete(end);
    };
    const timer = setTimeout(() => {
      end();
      then();
    }, seconds * 1000);
    (timer as { unref?: () => void }).unref?.();
    active.add(end);
    return end;
  }

  // -- addresses

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

  // -- ending

  /** End a job as cancelled, and tell the server; a few seconds are waited for that. */
  async cancel(job: Submission, signal?: Submission["options"]["signal"]): Promise<void> {
    this.perform(this.engine.cancel(job, signal ?? undefined));
    await atMost(
      CANCEL_SECONDS,
      job.until(() => !job.cancelling),
    );
  }

  /** End everything: exchanges are ended, and with them the jobs. */
  async close(): Promise<void> {
    const { http, engine } = this;
    this.#closing = true;
    // A job that was cancelled just now is to be stopped on the server, too.
    const stopped = engine.cancelling.map((job) => job.until(() => !job.cancelling));
    if (stopped.length) await atMost(CANCEL_SECONDS, Promise.allSettled(stopped));
    if (this.#cancels.size) await atMost(CANCEL_SECONDS, Promise.allSettled(this.#cancels));
    http.closed = true;
    this.perform(engine.close());
    http.abort();
  }
}
