/**
 * Whether the app's queue runs at all: one that was never started takes jobs and lets them wait for ever.
 *
 * That is so where an app is mounted into an application that is itself mounted: the events of its start never come.
 */

import type { Message } from "./messages.ts";

/** A queue that runs takes the job at its head within a tenth of a second, unless it is busy. */
export const STARTUP_SECONDS = 5;

/** What shows that the queue runs, beside the end of a job. */
const RUNS = /^(process_starts|process_generating|progress|log)$/;

/** Watches the jobs of one client until the queue is seen to run, or was asked to start. */
export class QueueWatch<Job> {
  /** There is nothing to watch any more. */
  settled = false;
  /** The time after which `expired()` is to be called runs. */
  armed = false;
  readonly #waiting: Set<Job> = new Set();

  /**
   * Take a message of a job; return whether `expired()` is to be called in `STARTUP_SECONDS`.
   *
   * A job at the head of the queue may also wait for one that runs. But the queue has run before if it knows how long the
   * function takes, and it runs if a job has got any further; that one was cancelled says nothing.
   */
  take(job: Job, message: Message): boolean {
    if (this.settled) return false;
    const { msg } = message;
    if (msg === "estimation" && message.eta === undefined) {
      if (message.rank !== 0) return false;
      this.#waiting.add(job);
      const wasArmed = this.armed;
      this.armed = true;
      return !wasArmed;
    }
    const hasEnded = msg === "process_completed" && (!message.success || message.data !== undefined);
    if (msg === "estimation" || hasEnded || RUNS.test(msg)) this.settled = true;
    return false;
  }

  /** Return the jobs that still wait, if the queue is to be asked to start for them; once. */
  expired(waits: (job: Job) => boolean): Job[] {
    this.armed = false;
    const waiting = this.settled ? [] : [...this.#waiting].filter(waits);
    this.#waiting.clear();
    this.settled ||= waiting.length > 0;
    return waiting;
  }
}
