/** Iterating over a job: what `for await` is given. */

import type { GradlinkError } from "../errors.ts";
import type { Update } from "../protocol/job.ts";
import { OutputWalk } from "../protocol/outputs.ts";
import { RepeatDecoder } from "../protocol/repeats.ts";
import type { GradioEvent } from "../types.ts";
import type { Submission } from "./submission.ts";
import { eventsOf } from "./updates.ts";

const RELEASED: Update = { kind: "released" };

type Next = IteratorResult<GradioEvent, undefined>;

/** Let messages that repeat each other be read faster from now on. */
export function readFast({ connection }: Submission): void {
  if (!(connection.decoder instanceof RepeatDecoder)) connection.decoder = new RepeatDecoder();
}

/** The one walk of a job's caller through its updates. */
export class Iteration {
  readonly #job: Submission;
  readonly #walk: OutputWalk = new OutputWalk();
  readonly #showsData: boolean;
  readonly #showsMore: boolean;
  #pending: GradioEvent[] = [];
  #position = 0;
  #stopped = false;
  #failure: GradlinkError | undefined;

  constructor(job: Submission) {
    this.#job = job;
    readFast(job);
    const { events } = job.options;
    this.#showsData = events.includes("data");
    this.#showsMore = events.some((type) => type !== "data");
  }

  /** Return the next event; throws the error that ends the job, once. */
  async next(): Promise<Next> {
    const job = this.#job;
    const { updates } = job.tracker;
    for (;;) {
      const value = this.#pending.length ? this.#pending.shift() : undefined;
      if (value) return { done: false, value };
      const failure = this.#failure;
      // Its status was shown before, if that was asked for.
      this.#failure = undefined;
      if (failure) throw failure;
      if (this.#stopped) return { done: true, value: undefined };
      const update = updates[this.#position];
      if (!update) {
        await job.changed();
        continue;
      }
      // A step is let go of, or a long stream would be held in memory as a whole.
      if (update.kind === "step" && !job.keepsSteps) updates[this.#position] = RELEASED;
      this.#position += 1;
      const output = this.#walk.advance(update);
      const data = output && this.#showsData ? job.valuesOf(output.data, output.hasFiles) : undefined;
      if (data && !this.#showsMore && update.kind === "step") return { done: false, value: data };
      if (this.#showsMore) this.#pending = eventsOf(job, update, data);
      else if (data) this.#pending.push(data);
      if (update.kind === "failed") this.#failure = update.error;
      this.#stopped ||= update.kind === "succeeded" || update.kind === "failed";
    }
  }

  /** Listen no more, and cancel the job on the server. */
  stop(): Next {
    this.#stopped = true;
    this.#failure = undefined;
    this.#pending = [];
    this.#job.wake();
    this.#job.cancel().catch(() => {});
    return { done: true, value: undefined };
  }
}
