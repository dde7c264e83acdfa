// Whatever the order of calls, messages, breaks and cancels: each job ends once, and nothing is done twice.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Effect, JobState, Join, OfJob, SendCancel, SetLimit } from "../../src/engine/effects.ts";
import { Engine } from "../../src/engine/engine.ts";
import { SessionLostError, StreamLostError, TransportError } from "../../src/errors.ts";
import { JobTracker } from "../../src/protocol/job.ts";
import { readMessage } from "../../src/protocol/messages.ts";
import { DEFAULT_RETRIES, DEFAULT_TIMEOUT } from "../../src/protocol/policy.ts";
import type { SessionRouter } from "../../src/protocol/router.ts";
import { type Endpoint, readApp } from "../../src/protocol/schema.ts";

interface Named extends JobState {
  readonly name: string;
}
type Session = SessionRouter<Named>;
type Todo = Join<Named> | OfJob<Named> | SendCancel<Named>;
/** A join that the server has answered: accepted as an event, or refused. */
interface Posted {
  readonly job: Named;
  readonly session: Session;
  readonly event_id: string | undefined;
}

const SCHEMA = readApp(
  { version: "6.31.0", protocol: "sse_v3", dependencies: [], components: [] },
  undefined,
);

/** One engine, played by hand: what it wants done is done in any order, or fails. */
class Clients {
  readonly engine: Engine<Named>;
  readonly maxJobs: number;
  readonly jobs: Named[] = [];
  readonly todo: Todo[] = [];
  readonly posted: Posted[] = [];
  /** Those that are read, with the events that were pending when they were asked for. */
  readonly streams = new Map<Session, ReadonlySet<string>>();
  readonly limits: SetLimit<Named>[] = [];
  readonly looks = new Set<Session>();
  readonly events = new Map<string, Posted>();
  readonly ended = new Set<Named>();
  /** What the other end knows: which events wait there, and which run. */
  readonly queued = new Set<string>();
  readonly running = new Set<string>();

  constructor(maxJobs: number, maxSessions: number) {
    this.maxJobs = maxJobs;
    let count = 0;
    this.engine = new Engine(SCHEMA, { maxJobs, maxSessions }, () => `S${++count}`, 0);
  }

  take(effects: readonly Effect<Named>[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "Notify":
          this.#notified(effect.job);
          break;
        case "OpenStream":
          expect(this.streams.has(effect.session), "two readers would steal each other's messages").toBe(
            false,
          );
          this.streams.set(effect.session, new Set(effect.session.entries.keys()));
          effect.session.streamOpened();
          break;
        case "LeaveStream":
          this.streams.delete(effect.session);
          break;
        case "SetLimit":
          this.limits.push(effect);
          break;
        case "RetryCancelsLater":
          expect(this.looks.has(effect.session), "two look after one session").toBe(false);
          this.looks.add(effect.session);
          break;
        case "Join":
        case "Resend":
        case "SendCancel":
          this.todo.push(effect);
          break;
        default:
      }
    }
    let pending = 0;
    for (const session of this.engine.pool.all) pending += session.pending;
    expect(pending).toBeLessThanOrEqual(this.maxJobs);
  }

  #notified(job: Named): void {
    const { outcome, updates } = job.tracker;
    if (!outcome || this.ended.has(job)) return;
    this.ended.add(job);
    expect(updates.filter(({ kind }) => kind === "succeeded" || kind === "failed")).toEqual([outcome]);
    expect(updates.at(-1)).toBe(outcome);
    if (outcome.kind !== "failed" || outcome.error.execution !== "not started") return;
    const accepted = [...this.events.values()].filter((one) => one.job === job);
    expect(accepted, "it was sent").toEqual([]);
  }

  submit(pick: number, flag: boolean): void {
    const fn_index = pick % 2;
    // A function has State or not, whoever calls it.
    const endpoint = { fn_index, title: `/${fn_index}`, stateful: fn_index === 0 } as Endpoint;
    const tracker = new JobTracker({ api_name: endpoint.title, generator: false, dialect: SCHEMA.dialect });
    const limit = pick % 5 ? null : 1;
    const options = {
      timeout: { ...DEFAULT_TIMEOUT, run: limit, queue: limit },
      retries: DEFAULT_RETRIES,
      resubmit: flag,
    };
    const name = `job ${this.jobs.length}`;
    const job = { name, endpoint, tracker, options, resent: 0, cancelling: false, stage: 0, ran: false };
    try {
      this.take(this.engine.submit(job));
      this.jobs.push(job);
    } catch (error) {
      expect(error).toBeInstanceOf(SessionLostError);
      this.take(this.engine.renewSession());
    }
  }

  perform(pick: number, fails: boolean): void {
    const [effect] = this.todo.splice(pick % (this.todo.length || 1), 1);
    if (effect?.do === "Join") this.#join(effect.job, effect.session, fails);
    else if (effect?.do === "SendCancel") this.#cancel(effect, fails);
    else if (effect) this.take(this.engine.resubmit(effect.job));
  }

  #join(job: Named, session: Session, fails: boolean): void {
    const [isSent, effects] = this.engine.joining(job, session);
    this.take(effects);
    if (!isSent) return;
    const event_id = fails ? undefined : `E${job.name}.${job.resent}`;
    const posted = { job, session, event_id };
    this.posted.push(posted);
    if (event_id === undefined) return;
    this.events.set(event_id, posted);
    this.queued.add(event_id);
  }

  #cancel(cancel: SendCancel<Named>, fails: boolean): void {
    if (fails) {
      this.take(this.engine.cancelFailed(cancel));
      return;
    }
    const { session, event_id, fn_index, plan } = cancel;
    // Those that waited for its place may begin any moment.
    const excused = session.entries.get(event_id)?.collateral ?? [];
    for (const id of plan === "stop" ? [...this.running] : []) {
      const { job, session: where } = this.events.get(id) as Posted;
      if (where !== session || job.endpoint.fn_index !== fn_index) continue;
      expect(this.ended.has(job) || excused.includes(id), "another job was stopped").toBe(true);
      this.running.delete(id);
    }
    this.queued.delete(event_id);
    this.running.delete(event_id);
    this.#send(event_id, { msg: "process_completed", output: {}, success: true });
    this.take(this.engine.cancelAnswered(cancel));
  }

  answer(pick: number): void {
    const [one] = this.posted.splice(pick % (this.posted.length || 1), 1);
    if (!one) return;
    const { job, session, event_id } = one;
    const refused = new TransportError("refused", { execution: "not started" });
    if (event_id === undefined) this.take(this.engine.joinFailed(job, session, refused));
    else this.take(this.engine.joined(job, session, event_id, 0));
  }

  #send(event_id: string, message: object): void {
    const { session } = this.events.get(event_id) as Posted;
    if (this.streams.has(session))
      this.take(this.engine.received(session, readMessage({ ...message, event_id } as never)));
  }

  #functionOf(event_id: string): number {
    return (this.events.get(event_id) as Posted).job.endpoint.fn_index;
  }

  /** Tell whether the stream of an event is read. */
  #isHeard(event_id: string): boolean {
    return this.streams.has((this.events.get(event_id) as Posted).session);
  }

  /** Return the events that may start: a function runs once at a time, as in an app that says nothing else. */
  #next(): string[] {
    const busy = new Set([...this.running].map((id) => this.#functionOf(id)));
    return [...this.queued].filter((id) => this.#isHeard(id) && !busy.has(this.#functionOf(id)));
  }

  start(pick: number): void {
    const all = this.#next();
    const event_id = all[pick % (all.length || 1)];
    if (event_id !== undefined) this.#begin(event_id);
  }

  #begin(event_id: string): void {
    this.queued.delete(event_id);
    this.running.add(event_id);
    this.#send(event_id, { msg: "process_starts", eta: null });
  }

  finish(pick: number): void {
    const all = [...this.running].filter((id) => this.#isHeard(id));
    const event_id = all[pick % (all.length || 1)];
    if (event_id === undefined) return;
    this.running.delete(event_id);
    this.#send(event_id, { msg: "process_completed", output: { data: ["x"] }, success: true });
  }

  endStream(pick: number, carried: boolean): void {
    const session = [...this.streams.keys()][pick % (this.streams.size || 1)];
    if (!session) return;
    const error = [undefined, new StreamLostError("x"), new SessionLostError("x")][pick % 3];
    const known = this.streams.get(session);
    // A server that breaks off drops all of the session; one that does not know it has none of what was there before.
    for (const [id, { session: where }] of error ? this.events : []) {
      if (where !== session || (error instanceof SessionLostError && !known?.has(id))) continue;
      this.queued.delete(id);
      this.running.delete(id);
    }
    this.streams.delete(session);
    this.take(this.engine.streamEnded(session, error, { carried }));
  }

  beat(pick: number): void {
    const session = [...this.streams.keys()][pick % (this.streams.size || 1)];
    if (!session) return;
    const effects = this.engine.received(session, readMessage({ msg: "heartbeat" }));
    this.take(effects);
    if (effects.some((effect) => effect.do === "LeaveStream"))
      this.take(this.engine.streamEnded(session, undefined, { carried: false }));
  }

  cancel(pick: number): void {
    const job = this.jobs[pick % (this.jobs.length || 1)];
    if (job) this.take(this.engine.cancel(job));
  }

  letTimePass(pick: number): void {
    const [limit] = this.limits.splice(pick % (this.limits.length || 1), 1);
    if (limit) this.take(this.engine.limitReached(limit));
  }

  /** A second passes: what can start has started, and was heard of. */
  retryCancels(pick: number): void {
    const session = [...this.looks][pick % (this.looks.size || 1)];
    if (!session) return;
    this.looks.delete(session);
    for (let [id] = this.#next(); id !== undefined; [id] = this.#next()) this.#begin(id);
    this.take(this.engine.retryCancels(session));
  }

  /** Let everything come to its end, without another call, break or failure. */
  settle(): void {
    for (let round = 0; round < 12 * (this.jobs.length + 1); round++) {
      while (this.todo.length) this.perform(0, false);
      while (this.posted.length) this.answer(0);
      for (let count = this.looks.size; count; count--) this.retryCancels(0);
      this.start(0);
      this.finish(0);
      for (const session of [...this.streams.keys()]) this.#closeIdle(session);
    }
    const left = this.jobs.filter((job) => !this.ended.has(job));
    expect(
      left.map(({ name }) => name),
      "they wait for ever",
    ).toEqual([]);
    expect(this.engine.cancelling).toEqual([]);
  }

  /** Gradio ends a stream when no event of its session is left. */
  #closeIdle(session: Session): void {
    const here = (id: string) => this.events.get(id)?.session === session;
    if ([...this.queued, ...this.running].some(here)) return;
    this.streams.delete(session);
    this.take(this.engine.streamEnded(session, undefined, { carried: true }));
  }

  close(): void {
    this.take(this.engine.close());
    while (this.posted.length) this.answer(0);
    expect(this.jobs.filter((job) => !this.ended.has(job))).toEqual([]);
  }
}

const STEPS = {
  submit: 6,
  perform: 10,
  answer: 6,
  start: 5,
  finish: 4,
  endStream: 1,
  beat: 1,
  cancel: 4,
  letTimePass: 1,
  retryCancels: 3,
} as const;

const step = fc.oneof(
  ...Object.entries(STEPS).map(([name, weight]) => ({
    weight,
    arbitrary: fc.record({
      do: fc.constant(name as keyof typeof STEPS),
      pick: fc.nat(14),
      flag: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
  })),
);

test("each job ends once, no other one is stopped, and no stream has two readers", () => {
  const maxJobs = fc.constantFrom(1, 3, 40);
  const maxSessions = fc.constantFrom(1, 2, 8);
  fc.assert(
    fc.property(
      maxJobs,
      maxSessions,
      fc.array(step, { maxLength: 80, size: "max" }),
      fc.boolean(),
      (jobs, sessions, steps, settles) => {
        const clients = new Clients(jobs, sessions);
        for (const one of steps) clients[one.do](one.pick, one.flag);
        if (settles) clients.settle();
        clients.close();
      },
    ),
    { numRuns: Number(process.env["FC_RUNS"] ?? 500) },
  );
});
