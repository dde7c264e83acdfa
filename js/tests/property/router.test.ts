// Whatever the order in which messages, answers, cancels and breaks come, each job ends once and no other one is stopped.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CancelPlan,
  cancel,
  cancelAnswered,
  cancelFailed,
  cancellable,
  collateralOfStop,
  look,
} from "../../src/protocol/cancelling.ts";
import type { CancelWay } from "../../src/protocol/dialect.ts";
import { type Message, readMessage } from "../../src/protocol/messages.ts";
import { SessionRouter } from "../../src/protocol/router.ts";

/** A job as its caller and the server know it. */
interface Job {
  readonly name: string;
  readonly fn: number;
  /** Its caller has cancelled it, and waits for nothing more. */
  cancelled: boolean;
  ended: boolean;
}

/** A cancel on its way: sent, then carried out, then answered. */
interface Cancel {
  readonly id: string;
  readonly plan: CancelPlan;
  /** Of how many jobs that ended by themselves the client knew when it was sent. */
  readonly after: number;
  /** Who had a place then, and had not made the first step: they make it before this arrives. */
  readonly created: readonly Job[];
  isDone: boolean;
}

/**
 * One session of a client and of a server.
 *
 * The functions of the server run as many jobs at a time as its limit says. What it says and answers arrives later, in
 * any order but that of one stream's messages; a cancel may be refused, or its answer get lost.
 */
class Model {
  readonly session: SessionRouter<Job>;
  readonly limit: number;
  /** All jobs, in the order of their calls. */
  readonly jobs: Job[] = [];
  /** Those with a place in the session that could not be sent yet. */
  held: Job[] = [];
  /** Those that the server has accepted and not answered for yet. */
  readonly unanswered: Job[] = [];
  /** At the server: those that wait there, and those that run. */
  readonly queue: Job[] = [];
  /** Those that have a place and have not made their first step: who is stopped then keeps the place for ever. */
  readonly created = new Set<Job>();
  readonly running = new Set<Job>();
  readonly stream: Message[] = [];
  /** How many have ended by themselves, and of how many of them the client knows. */
  completed = 0;
  heard = 0;
  readonly cancels: Cancel[] = [];

  constructor(limit: number, way: CancelWay = "session") {
    this.limit = limit;
    this.session = new SessionRouter("s", way);
  }

  // -- the caller

  submit(fn: number): void {
    const job: Job = { name: `e${this.jobs.length}`, fn, cancelled: false, ended: false };
    this.jobs.push(job);
    this.session.joinStarted(job, fn);
    this.held.push(job);
    this.admit();
  }

  cancel(pick: number): void {
    const job = this.jobs.filter((one) => !one.cancelled && !one.ended).at(pick);
    if (!job) return;
    job.cancelled = true;
    if (this.session.entries.has(job.name)) this.plan(job.name);
    else if (this.session.sent.has(job)) this.session.withdraw(job);
    else {
      // It was not sent, and never will be.
      this.held = this.held.filter((one) => one !== job);
      this.session.joinFailed(job);
    }
    this.admit();
  }

  // -- the server

  /** Answer a join; whoever did not wait for that is stopped. */
  answer(): void {
    const job = this.unanswered.shift();
    if (!job) return;
    for (const message of this.session.register(job, job.name)) this.take(message);
    if (this.session.isInDoubt(job)) {
      this.session.joinFailed(job);
      this.end(job);
    } else if (job.cancelled) this.plan(job.name);
    this.admit();
  }

  refuse(): void {
    const job = this.unanswered.find((one) => this.queue.includes(one));
    if (!job) return;
    this.unanswered.splice(this.unanswered.indexOf(job), 1);
    this.queue.splice(this.queue.indexOf(job), 1);
    this.session.joinFailed(job);
    this.end(job);
    this.admit();
  }

  start(): void {
    const next = this.queue.find((job) => this.placesOf(job.fn) < this.limit);
    if (!next) return;
    this.queue.splice(this.queue.indexOf(next), 1);
    this.created.add(next);
  }

  /** Let one that has a place make its first step. */
  step(pick: number): void {
    const job = [...this.created].at(pick);
    if (job) this.firstStep(job);
  }

  private firstStep(job: Job): void {
    if (!this.created.delete(job)) return;
    this.running.add(job);
    this.say("process_starts", job.name);
  }

  complete(pick: number): void {
    const job = [...this.running].at(pick);
    if (!job) return;
    this.running.delete(job);
    this.completed += 1;
    this.say("process_completed", job.name, { success: true, output: { data: [1] } });
  }

  deliver(): void {
    const message = this.stream.shift();
    if (message) for (const _ of this.session.route(message)) this.take(message);
  }

  /** Stop all that runs of the function, or take one out of the queue; the event of the one that is named is closed. */
  carryOut(pick: number): void {
    const found = this.cancels.filter((one) => !one.isDone).at(pick);
    if (!found) return;
    found.isDone = true;
    if (found.plan === "stop") for (const one of found.created) this.firstStep(one);
    const job = this.jobs.find((one) => one.name === found.id) as Job;
    const hit = found.plan === "stop" ? this.runningOf(job.fn) : [];
    // One that waited, and got the place of a job that ended by itself in this very moment, will be named as lost.
    const isNamed = (one: Job) =>
      one.ended || [...this.session.entries.values()].some(({ collateral }) => collateral.includes(one.name));
    expect(hit.filter((one) => !one.cancelled && !isNamed(one)).map((one) => one.name)).toEqual([]);
    // Nothing helps if a job ends by itself, and its place is given away, while the stop is on its way.
    const known = [...this.created].filter((one) => one.fn === job.fn && this.session.entries.has(one.name));
    if (found.plan === "stop" && found.after === this.completed) expect(known).toEqual([]);
    for (const one of hit) this.running.delete(one);
    const place = this.queue.indexOf(job);
    if (place >= 0) this.queue.splice(place, 1);
    this.say("process_completed", job.name, { success: true, output: {} });
  }

  /** The client hears that a cancel was carried out. */
  cancelAnswered(pick: number): void {
    const found = this.cancels.filter((one) => one.isDone).at(pick);
    if (!found) return;
    this.cancels.splice(this.cancels.indexOf(found), 1);
    cancelAnswered(this.session, found.id, found.plan);
    this.planAll();
    this.admit();
  }

  /** The answer to a cancel gets lost, whether it was carried out or never will be. */
  loseAnswer(pick: number): void {
    const found = this.cancels.at(pick);
    if (!found) return;
    this.cancels.splice(this.cancels.indexOf(found), 1);
    cancelFailed(this.session, found.id);
    this.admit();
  }

  /** A second passes: whatever can start has started, and that was heard. */
  wait(): void {
    for (let count = this.queue.length; count; count--) this.start();
    while (this.created.size) this.step(0);
    while (this.stream.length) this.deliver();
    for (let count = this.unanswered.length; count; count--) this.answer();
    if (look(this.session)) this.planAll();
    this.admit();
  }

  break(): void {
    // Some may be known as lost already.
    for (const job of this.session.streamClosed("broken")) if (!job.ended) this.end(job);
    this.stream.length = 0;
    this.queue.length = 0;
    this.running.clear();
    this.created.clear();
    this.admit();
  }

  // -- what the connection does

  private admit(): void {
    for (const job of this.held.splice(0)) {
      if (this.session.isCancelling(job.fn)) this.held.push(job);
      else {
        this.session.joinSent(job, job.fn);
        this.queue.push(job);
        this.unanswered.push(job);
        this.say("estimation", job.name);
      }
    }
  }

  private plan(id: string): void {
    const plan = cancel(this.session, id);
    if (!plan || plan === "later") return;
    this.cancels.push({ id, plan, after: this.heard, created: [...this.created], isDone: false });
  }

  private planAll(): void {
    for (const id of cancellable(this.session)) this.plan(id);
  }

  private take(message: Message): void {
    const id = message.event_id as string;
    const job = this.jobs.find((one) => one.name === id) as Job;
    if (message.msg === "process_starts" && this.session.started(id)) {
      this.planAll();
      this.admit();
    }
    if (message.msg !== "process_completed") return;
    // Nothing but its own end, or one that its caller asked for, may end a job.
    if (!message.data) expect(job.cancelled || job.ended, `${id} was cancelled for another one`).toBe(true);
    if (message.data) this.heard += 1;
    if (message.data) for (const lost of collateralOfStop(this.session, id)) this.end(lost);
    const wasEnded = job.ended;
    this.session.ended(id, !message.data);
    if (!wasEnded && !this.session.entries.has(id)) this.end(job);
    this.planAll();
    this.admit();
  }

  private end(job: Job): void {
    expect(job.ended, `${job.name} ends twice`).toBe(false);
    job.ended = true;
  }

  private placesOf(fn: number): number {
    return this.runningOf(fn).length + [...this.created].filter((job) => job.fn === fn).length;
  }

  private runningOf(fn: number): Job[] {
    return [...this.running].filter((job) => job.fn === fn);
  }

  private say(msg: string, event_id: string, more: object = {}): void {
    this.stream.push(readMessage({ msg, event_id, ...more } as never));
  }

  /** Let everything come to its end. */
  settle(): void {
    for (let round = 0; round < 60 * (this.jobs.length + 1); round++) {
      this.deliver();
      this.answer();
      this.carryOut(0);
      this.cancelAnswered(0);
      this.start();
      this.step(0);
      if (round % 5 === 4) this.complete(0);
      if (round % 9 === 8) this.wait();
    }
  }
}

const STEPS = {
  submit: 5,
  answer: 5,
  start: 5,
  step: 5,
  deliver: 8,
  complete: 3,
  cancel: 5,
  carryOut: 3,
  cancelAnswered: 3,
  loseAnswer: 1,
  wait: 1,
  refuse: 1,
} as const;

type Step = { readonly do: keyof typeof STEPS; readonly pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(STEPS).map(([name, weight]) => ({
    weight,
    arbitrary: fc.record({ do: fc.constant(name as keyof typeof STEPS), pick: fc.nat(1) }),
  })),
);
const limit = fc.constantFrom(1, 2, 10);

function play(model: Model, steps: readonly Step[]): Model {
  for (const one of steps) {
    model[one.do](one.pick);
    const stopped = [...model.session.entries.values()].filter((entry) => entry.stopped);
    expect(model.session.pending).toBe(model.session.jobs.length - stopped.length);
  }
  return model;
}

test.each(["session", "running"] as const)("every job ends once and no other is stopped (%s)", (way) => {
  fc.assert(
    fc.property(limit, fc.array(step, { maxLength: 60, size: "max" }), (most, steps) => {
      const model = play(new Model(most, way), steps);
      model.settle();
      expect(model.jobs.filter((job) => !job.ended && !job.cancelled)).toEqual([]);
      expect(model.held).toEqual([]);
      // One whose cancel failed is kept, and told of again when another job has ended.
      const kept = [...model.session.entries.values()].filter((entry) => !entry.cancelFailed);
      expect(kept).toEqual([]);
      expect(model.session.joining.size).toBe(0);
      expect([...model.running, ...model.queue]).toEqual([]);
    }),
    { numRuns: Number(process.env["FC_RUNS"] ?? 1000) },
  );
});

test("after a break every job has ended, those on their way when they are answered", () => {
  fc.assert(
    fc.property(limit, fc.array(step, { maxLength: 40, size: "max" }), (most, steps) => {
      const model = play(new Model(most), steps);
      model.break();
      while (model.unanswered.length || model.cancels.length) {
        model.answer();
        model.loseAnswer(0);
        model.break();
      }
      expect(model.jobs.filter((job) => !job.ended && !job.cancelled)).toEqual([]);
      expect(model.session.idle).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("a job whose files are still being sent is not lost with a stream", () => {
  const session = new SessionRouter<string>("s");
  for (const job of ["sent", "uploads"]) session.joinStarted(job, 1);
  session.joinSent("sent", 1);
  session.streamClosed("broken");
  expect(["sent", "uploads"].filter((job) => session.isInDoubt(job))).toEqual(["sent"]);
  session.joinSent("uploads", 1);
  session.register("uploads", "E2");
  expect([...session.entries.keys()]).toEqual(["E2"]);
});

test("a job that was cancelled while its join was on its way keeps those of its function back until it is stopped", () => {
  const session = new SessionRouter<string>("s", "running");
  session.joinStarted("first", 1);
  session.joinSent("first", 1);
  session.withdraw("first");
  expect([session.isCancelling(1), session.isCancelling(2)]).toEqual([true, false]);
  session.register("first", "E1");
  expect(cancel(session, "E1")).toBe("later");
  expect([session.isCancelling(1), session.started("E1")]).toEqual([true, true]);
  expect(cancellable(session)).toEqual(["E1"]);
  expect(cancel(session, "E1")).toBe("stop");
  expect(session.isCancelling(1)).toBe(true);
  cancelAnswered(session, "E1", "stop");
  expect(session.isCancelling(1)).toBe(false);
});

test("a job that runs is stopped when the others of its function have waited for a while", () => {
  const session = new SessionRouter<string>("s");
  for (const job of ["A", "B"]) {
    session.joinStarted(job, 1);
    session.joinSent(job, 1);
    session.register(job, job);
  }
  session.started("A");
  expect(cancel(session, "A")).toBe("later");
  expect([look(session), cancellable(session)]).toEqual([true, []]);
  expect([look(session), cancellable(session)]).toEqual([true, ["A"]]);
  expect(cancel(session, "A")).toBe("stop");
  expect(session.isCancelling(1)).toBe(true);
  // It ended by itself before the stop came, so B may have begun and been hit.
  expect(collateralOfStop(session, "A")).toEqual(["B"]);
});

test("a job that has got a place since is not counted among those that wait", () => {
  const session = new SessionRouter<string>("s");
  for (const job of ["A", "B", "C"]) {
    session.joinStarted(job, 1);
    session.joinSent(job, 1);
    session.register(job, job);
  }
  session.started("A");
  expect(cancel(session, "A")).toBe("later");
  look(session);
  look(session);
  session.ended("B", false);
  expect(cancellable(session)).toEqual([]);
  session.started("C");
  look(session);
  look(session);
  expect(cancellable(session)).toEqual([]);
});

test.each([
  ["session", "dequeue"],
  ["running", "later"],
] as const)("a job that was cancelled and does not start is not waited for (%s)", (way, how) => {
  const session = new SessionRouter<string>("s", way);
  for (const job of ["A", "B"]) {
    session.joinStarted(job, 1);
    session.joinSent(job, 1);
    session.register(job, job);
  }
  expect(cancel(session, "A")).toBe("later");
  expect([look(session), session.isCancelling(1)]).toEqual([true, true]);
  expect([look(session), session.isCancelling(1)]).toEqual([true, false]);
  expect(cancel(session, "A")).toBe(how);
  session.ended("B", false);
  // It had started after all, which is heard of before its end.
  if (how === "dequeue") {
    expect(session.started("A")).toBe(true);
    session.ended("A", true);
    cancelAnswered(session, "A", "dequeue");
    expect(cancel(session, "A")).toBe("stop");
  }
});

test("a job that may begin this moment is taken out of the queue, and then stopped", () => {
  const session = new SessionRouter<string>("s");
  session.joinStarted("A", 1);
  session.joinSent("A", 1);
  session.register("A", "E1");
  expect(cancel(session, "E1")).toBe("dequeue");
  session.ended("E1", true);
  expect([session.hasPending, session.isCancelling(1)]).toEqual([false, true]);
  cancelAnswered(session, "E1", "dequeue");
  expect(cancellable(session)).toEqual(["E1"]);
  expect(cancel(session, "E1")).toBe("stop");
  cancelAnswered(session, "E1", "stop");
  expect([session.idle, session.isCancelling(1)]).toEqual([true, false]);
});
