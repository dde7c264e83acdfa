/** Limits of time: of the phases of a call, and of how fast a body has to come. */

import type { SetLimit } from "../engine/effects.ts";
import { lasts } from "../engine/engine.ts";
import type { GradlinkError } from "../errors.ts";
import type { Reader } from "../protocol/bodies.ts";
import { FLOOR_BYTES_PER_SECOND, milliseconds } from "../protocol/policy.ts";
import type { Submission } from "./submission.ts";

/** Return the time that the engine counts with, in seconds. */
export function now(): number {
  // That of the wall goes on while a machine sleeps, when connections end.
  return Date.now() / 1000;
}

/** Call `reached` when the time of a limit is over, unless its phase is before. */
export function watch(limit: SetLimit<Submission>, reached: () => void): void {
  const timer = setTimeout(reached, milliseconds(limit.seconds));
  const over = limit.job.until(() => !lasts(limit)).finally(() => clearTimeout(timer));
  over.catch(() => {});
}

/** Wait for something, some seconds at most. */
export async function atMost(seconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

/** What ends the reading of a body that comes too slowly. */
export interface PaceLimits {
  /** Seconds in which as much has to come as the floor asks for; null for no floor. */
  readonly idle: number | null;
  /** Seconds for all of it; null for no limit. */
  readonly total?: number | null;
  /** Makes the error for `total`. */
  readonly late?: () => GradlinkError;
}

/**
 * Measures how long the network is waited for.
 *
 * The time that the program takes for what it has read does not count: nobody but itself keeps it waiting.
 */
export class Pace {
  readonly #limits: PaceLimits;
  #quiet = 0;
  #waited = 0;
  #bytes = 0;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
  }

  /** Do the same until an answer begins, for which the floor does not count. */
  async opening<T>(wait: () => Promise<T>, end: () => void): Promise<T> {
    const opened = await this.during(wait, end, null);
    this.#quiet = 0;
    return opened;
  }

  /** Return the result of `wait`; `end` is called, and the error of the limit thrown, when it takes too long. */
  async during<T>(
    wait: () => Promise<T>,
    end: () => void,
    idle: number | null = this.#limits.idle,
  ): Promise<T> {
    const { total = null, late } = this.#limits;
    const left = total === null ? Number.POSITIVE_INFINITY : total - this.#waited;
    const quiet = idle === null ? Number.POSITIVE_INFINITY : idle - this.#quiet;
    const seconds = Math.min(left, quiet);
    if (seconds === Number.POSITIVE_INFINITY) return await wait();
    const began = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const slow = `it brought less than ${FLOOR_BYTES_PER_SECOND} bytes a second for ${idle} s`;
        reject(left <= quiet && late ? late() : new Error(slow));
        end();
      }, milliseconds(seconds));
    });
    try {
      return await Promise.race([wait(), over]);
    } finally {
      clearTimeout(timer);
      const passed = (performance.now() - began) / 1000;
      this.#waited += passed;
      this.#quiet += passed;
    }
  }

  /** Return a reader that keeps the pace; `end` ends the exchange that does not. */
  of(reader: Reader, end: () => void): Reader {
    return {
      cancel: (reason) => reader.cancel(reason),
      read: async () => {
        const part = await this.during(() => reader.read(), end);
        this.progress(part.value?.length ?? 0);
        return part;
      },
    };
  }

  /** Note that bytes have come; return whether they are enough for now. */
  progress(bytes: number): boolean {
    this.#bytes += bytes;
    const isEnough = this.#bytes >= FLOOR_BYTES_PER_SECOND * (this.#limits.idle ?? 0);
    if (isEnough) this.#bytes = this.#quiet = 0;
    return isEnough;
  }
}
