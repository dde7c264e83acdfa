// What TypeScript's engine makes of a list of events: the effects, in the words in which vectors say them.

import type { Effect, JobState, SendCancel, SetLimit } from "../../src/engine/effects.ts";
import { Engine } from "../../src/engine/engine.ts";
import { GradlinkError, SessionLostError, StreamLostError, TransportError } from "../../src/errors.ts";
import { JobTracker } from "../../src/protocol/job.ts";
import { readMessage } from "../../src/protocol/messages.ts";
import { DEFAULT_RETRIES, DEFAULT_TIMEOUT } from "../../src/protocol/policy.ts";
import type { SessionRouter } from "../../src/protocol/router.ts";
import { type Endpoint, readApp } from "../../src/protocol/schema.ts";
import type { Given } from "./cases.ts";

const ERRORS = {
  broken: StreamLostError,
  "unknown session": SessionLostError,
  refused: TransportError,
  unopened: TransportError,
};

/** A job with the name that a vector has for it. */
interface Named extends JobState {
  readonly name: string;
}

/** One engine, and the names that a vector has for its jobs and sessions: S1 is the client's own. */
class Played {
  readonly #engine: Engine<Named>;
  readonly #jobs = new Map<string, Named>();
  readonly #joins = new Map<string, SessionRouter<Named>>();
  readonly #sessions = new Map<string, SessionRouter<Named>>();
  readonly #cancels = new Map<string, SendCancel<Named>>();
  readonly #limits = new Map<string, SetLimit<Named>>();
  readonly #ended = new Set<string>();

  constructor(given: Given) {
    const config = {
      version: given.version ?? "6.31.0",
      protocol: given.protocol ?? "sse_v3",
      dependencies: [],
      components: [],
      connect_heartbeat: given.wants_heartbeat ?? false,
    };
    const { max_jobs = 40, max_sessions = 8, one_session = false } = given.options ?? {};
    const options = { maxJobs: max_jobs, maxSessions: one_session ? 1 : max_sessions };
    let count = 0;
    this.#engine = new Engine(readApp(config, undefined), options, () => `S${++count}`, 0);
  }

  /** Play one step; return its effects. */
  step(step: Given): unknown[] {
    try {
      return this.#decide(step).flatMap((effect) => this.#shown(effect) ?? []);
    } catch (error) {
      if (!(error instanceof GradlinkError)) throw error;
      return [{ error: error.name, execution: error.execution }];
    }
  }

  #decide(step: Given): Effect<Named>[] {
    const engine = this.#engine;
    const jobOf = (name: string) => this.#jobs.get(name) as Named;
    const session = this.#sessions.get(step.on) as SessionRouter<Named>;
    const cancelOf = (name: string) => this.#cancels.get(name) as SendCancel<Named>;
    const [[kind, what]] = Object.entries(step) as [[string, Given]];
    switch (kind) {
      case "submit": {
        const job = jobNamed(what, step);
        this.#jobs.set(what, job);
        return engine.submit(job);
      }
      case "joining":
        return engine.joining(jobOf(what), this.#sessionOf(what))[1];
      case "joined":
        return engine.joined(jobOf(what), this.#sessionOf(what), step.event_id, 0);
      case "join_failed": {
        const refused = new TransportError("refused", { execution: "not started" });
        return engine.joinFailed(jobOf(what), this.#sessionOf(what), refused);
      }
      case "received":
        return engine.received(session, readMessage(what));
      case "opening":
        this.#sessions.get(what)?.streamOpened();
        return [];
      case "stream_ended":
        return engine.streamEnded(session, errorOf(what), { carried: step.carried ?? true });
      case "resubmit":
        return engine.resubmit(jobOf(what));
      case "give_up":
        // In Python its caller's thread says so; here its sender finds that it has ended.
        return engine.joining(jobOf(what), this.#sessionOf(what))[1];
      case "cancel":
        return engine.cancel(jobOf(what));
      case "cancel_answered":
        return engine.cancelAnswered(cancelOf(what));
      case "cancel_failed":
        return engine.cancelFailed(cancelOf(what));
      case "retry_cancels":
        return engine.retryCancels(this.#sessions.get(what) as SessionRouter<Named>);
      case "limit_reached":
        return engine.limitReached(this.#limits.get(`${what} ${step.phase}`) as SetLimit<Named>);
      case "renew_session":
        return engine.renewSession(what ?? undefined);
      case "begin_alone":
        if (engine.beginAlone(jobOf(what)) === undefined) return [];
        return engine.joiningAlone(jobOf(what))[1];
      case "left_alone":
        return engine.leftAlone(jobOf(what), errorOf(step.how ?? "clean"), step.how === "broken");
      case "close":
        return engine.close();
      default:
        throw new Error(`what is ${JSON.stringify(step)}?`);
    }
  }

  #sessionOf(name: string): SessionRouter<Named> {
    return this.#joins.get(name) as SessionRouter<Named>;
  }

  #shown(effect: Effect<Named>): unknown {
    const { do: kind } = effect;
    const words: Record<string, unknown> = { do: kind };
    if ("job" in effect) words["job"] = effect.job.name;
    if ("session" in effect) {
      words["session"] = effect.session.session_hash;
      this.#sessions.set(effect.session.session_hash, effect.session);
    }
    switch (kind) {
      case "Notify":
        return this.#notified(effect.job);
      case "SetLimit":
        this.#limits.set(`${effect.job.name} ${effect.phase}`, effect);
        return { ...words, phase: effect.phase, seconds: effect.seconds };
      case "Join":
        this.#joins.set(effect.job.name, effect.session);
        return words;
      case "SendCancel":
        this.#cancels.set(effect.job.name, effect);
        return { ...words, plan: effect.plan };
      default:
        return words;
    }
  }

  /** Tell of a job's end. */
  #notified({ name, tracker }: Named): unknown {
    const { outcome } = tracker;
    if (!outcome || this.#ended.has(name)) return undefined;
    this.#ended.add(name);
    if (outcome.kind !== "failed") return { ended: name };
    return { ended: name, error: outcome.error.name, execution: outcome.error.execution };
  }
}

function errorOf(how: "clean" | keyof typeof ERRORS): GradlinkError | undefined {
  return how === "clean" ? undefined : new ERRORS[how](how);
}

function jobNamed(name: string, call: Given): Named {
  const { fn_index = 0, stateful = false, queued = true, batch = false, session_hash } = call;
  const endpoint = {
    fn_index,
    title: `/${name}`,
    stateful,
    direct: !queued,
    batch,
    generator: false,
    live: false,
    rendered: session_hash && { session_hash, render_id: undefined },
  } as Endpoint;
  const { dialect } = readApp({ version: "6.31.0", protocol: "sse_v3" }, undefined);
  return {
    name,
    endpoint,
    tracker: new JobTracker({ api_name: `/${name}`, generator: false, dialect }),
    options: {
      timeout: { ...DEFAULT_TIMEOUT, ...call.timeout },
      retries: { ...DEFAULT_RETRIES, count: call.retries ?? 3 },
      resubmit: call.resubmit,
    },
    resent: 0,
    cancelling: false,
    stage: 0,
    ran: false,
  };
}

/** Return what the engine makes of the steps of a case. */
export function sessions(given: Given): unknown {
  const played = new Played(given);
  return { results: given.steps.map((step: Given) => played.step(step)) };
}
