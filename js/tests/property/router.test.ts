// Whatever the order in which messages, answers, cancels and breaks come, each job ends once and no sibling is hit.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type CancelPlan, cancel, cancelAnswered } from "../../src/protocol/cancelling.ts";
import { streamBroken } from "../../src/protocol/losses.ts";
import { type Message, readMessage } from "../../src/protocol/messages.ts";
import { SessionRouter } from "../../src/protocol/router.ts";

/** A server with one session: what it has accepted, what runs, and what it will say. */
class Model {
  readonly session = new SessionRouter<number>("s");
  readonly ended = new Map<number, string>();
  /** Jobs that the server has accepted, with their function, and whether they run. */
  readonly jobs = new Map<string, { job: number; fn: number; runs: boolean }>();
  readonly unanswered: { job: number; id: string }[] = [];
  readonly cancels: { id: string; plan: CancelPlan }[] = [];
  private next = 0;

  join(fn: number): void {
    if (this.session.isCancelling(fn)) return;
    const job = this.next++;
    this.session.joinStarted(job, fn);
    this.jobs.set(`e${job}`, { job, fn, runs: false });
    this.unanswered.push({ job, id: `e${job}` });
  }

  answer(): void {
    const join = this.unanswered.shift();
    if (!join) return;
    for (const message of this.session.register(join.job, join.id)) this.consequences(message);
    if (!this.session.doubtful.has(join.job)) return;
    this.session.joinFailed(join.job);
    this.end(join.job, "lost");
  }

  start(pick: number): void {
    const [id, job] = [...this.jobs].filter(([, one]) => !one.runs)[pick] ?? [];
    if (!id || !job) return;
    job.runs = true;
    this.say({ msg: "process_starts", event_id: id });
  }

  complete(pick: number): void {
    const id = [...this.jobs].filter(([, one]) => one.runs)[pick]?.[0];
    if (!id) return;
    this.jobs.delete(id);
    this.say({ msg: "process_completed", event_id: id, success: true, output: { data: [1] } });
  }

  cancel(pick: number): void {
    const id = [...this.session.entries.keys()][pick];
    if (id) this.plan(id);
  }

  /** The server carries out a cancel: it stops all that runs of the function, and answers for one. */
  carryOut(): void {
    const done = this.cancels.shift();
    if (!done) return;
    const { id, plan } = done;
    const target = this.jobs.get(id);
    if (target && plan === "stop") {
      for (const [other, job] of this.jobs) {
        // One that is to be cancelled as well may be stopped along.
        const wanted = this.session.entries.get(other)?.cancelWanted === true;
        const safe = other === id || job.fn !== target.fn || !job.runs || wanted;
        expect(safe, "a sibling was hit").toBe(true);
      }
    }
    if (target && (plan === "stop" || !target.runs)) {
      this.jobs.delete(id);
      this.say({ msg: "process_completed", event_id: id, success: true, output: {} });
    }
    for (const other of cancelAnswered(this.session, id, plan)) this.plan(other);
  }

  break(): void {
    for (const job of streamBroken(this.session, false)) this.end(job, "lost");
    this.jobs.clear();
  }

  private plan(id: string): void {
    const plan = cancel(this.session, id, "session");
    if (plan && plan !== "later") this.cancels.push({ id, plan });
  }

  private say(raw: Record<string, unknown>): void {
    const message = readMessage(raw as never);
    for (const _ of this.session.route(message)) this.consequences(message);
  }

  private consequences(message: Message): void {
    const id = message.event_id as string;
    if (message.msg === "process_starts") this.session.started(id);
    if (message.msg !== "process_completed") return;
    const job = this.session.entries.get(id)?.job as number;
    for (const other of this.session.ended(id, !message.data)) this.plan(other);
    if (!this.session.entries.has(id)) this.end(job, message.data ? "value" : "cancelled");
  }

  private end(job: number, how: string): void {
    expect(this.ended.has(job), `job ${job} ends twice`).toBe(false);
    this.ended.set(job, how);
  }

  /** Let everything come to its end. */
  settle(): void {
    while (this.unanswered.length) this.answer();
    for (let step = 0; step < 200 && (this.jobs.size || this.cancels.length); step++) {
      while (this.cancels.length) this.carryOut();
      this.start(0);
      while (this.cancels.length) this.carryOut();
      this.complete(0);
    }
  }

  get count(): number {
    return this.next;
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("join" as const), pick: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("answer" as const), pick: fc.constant(0) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("start" as const), pick: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("complete" as const), pick: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("cancel" as const), pick: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("carryOut" as const), pick: fc.constant(0) }) },
);

function play(steps: readonly { do: string; pick: number }[], model = new Model()): Model {
  for (const one of steps) (model[one.do as "join"] as (pick: number) => void).call(model, one.pick);
  return model;
}

test("every job ends once, and a cancel hits no sibling", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const model = play(steps);
      model.settle();
      expect(model.ended.size).toBe(model.count);
      expect(model.session.idle).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test("after a break every job has ended, those on their way when they are answered", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const model = play(steps);
      model.break();
      while (model.unanswered.length) model.answer();
      expect(model.ended.size).toBe(model.count);
      expect(model.session.idle).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
