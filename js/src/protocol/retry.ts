/** Doing something again after a pause, as long as that can do no harm. */

import { GradlinkError, withFacts } from "../errors.ts";
import type { AbortSignalLike } from "../types.ts";
import { isRetryableRead, mayRepeat, pauseAfter, type Retries } from "./policy.ts";
import { onAbort } from "./signals.ts";

/** What may be sent once more: all that fails by the network, or only what surely had no effect. */
export type Repeatable = "reading" | "harmful" | "direct";

/** Tells by its error whether what failed may be sent once more. */
export const MAY_REPEAT: Readonly<Record<Repeatable, (error: GradlinkError) => boolean>> = {
  reading: isRetryableRead,
  harmful: mayRepeat,
  direct: (error) => error.execution === "not started" && mayRepeat(error),
};

/** Whose end also ends a pause, and who logs it. */
export interface Pausing {
  readonly closed: boolean;
  readonly log?: { tell(level: "info", text: string): void } | undefined;
  /** What ends all that is under way. */
  readonly active: Set<() => void>;
}

/** What is tried. */
export interface Trial<T> {
  readonly retries: Retries;
  readonly make: () => Promise<T>;
  readonly may: (error: GradlinkError) => boolean;
  /** Asked when something has failed, since a signal may be made for that alone. */
  readonly signal?: (() => AbortSignalLike | null | undefined) | undefined;
  readonly owner?: Pausing;
}

/**
 * Return the result of `make()`, made again while `retries` and `may` allow it.
 *
 * The error that is thrown at last says in `attempts` how often it was tried.
 */
export async function retried<T>({ retries, make, may, signal, owner }: Trial<T>): Promise<T> {
  let slept = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof GradlinkError)) throw error;
      withFacts(error, { attempts: attempt });
      const bounds = may(error) && pauseAfter(retries, attempt, error);
      const ended = signal?.();
      if (!bounds || ended?.aborted || slept + bounds[0] > retries.budgetSeconds) throw error;
      const longest = Math.min(bounds[1], Math.max(retries.budgetSeconds - slept, bounds[0]));
      tellAgain(owner, longest, attempt, error);
      slept += await pause(bounds[0], longest, ended, owner);
      if (ended?.aborted) throw error;
    }
  }
}

/** Log that what failed with `error` is tried again, for the time number `attempt`. */
export function tellAgain(
  owner: Pausing | undefined,
  seconds: number,
  attempt: number,
  error: GradlinkError,
): void {
  const within = `trying again within ${seconds.toFixed(1)} s, for the time number ${attempt}`;
  owner?.log?.tell("info", `${within}: ${error.message}`);
}

/** Wait for a time between two bounds, and return it; `signal`, or the end of `owner`, ends the wait. */
export function pause(
  shortest: number,
  longest: number,
  signal?: AbortSignalLike | null,
  owner?: Pausing,
): Promise<number> {
  const seconds = shortest + Math.random() * (longest - shortest);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      owner?.active.delete(done);
      forget();
      resolve(seconds);
    };
    const timer = setTimeout(done, owner?.closed || signal?.aborted ? 0 : seconds * 1000);
    owner?.active.add(done);
    const forget = onAbort(signal, done);
  });
}
