/** Doing something again after a pause, as long as that can do no harm. */

import { ConnectError, GradlinkError, type TransportError } from "../errors.ts";
import type { Retries } from "../protocol/policy.ts";
import { isRetryableRead, mayReopen, mayRepeat, pauseAfter } from "../protocol/policy.ts";
import { hintsOf, innermostReason } from "../protocol/reasons.ts";
import { onAbort } from "../protocol/signals.ts";
import type { AbortSignalLike } from "../types.ts";
import type { Http, Repeatable } from "./http.ts";

// What runtimes say when no connection was made; a browser says nothing, so there nobody knows.
const NO_CONNECTION =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT|ConnectionRefused|\(Connect\)|CERT|ALTNAME/;

/** What is tried. */
interface Trial<T> {
  readonly retries: Retries;
  readonly make: () => Promise<T>;
  readonly which: Repeatable;
  readonly signal: AbortSignalLike | null | undefined;
}

const MAY: Record<Repeatable, (error: GradlinkError) => boolean> = {
  reading: isRetryableRead,
  harmful: mayRepeat,
  direct: (error) => error.execution === "not started" && mayRepeat(error),
};

/** Try again what has failed with `first`. */
export async function again<T>(
  http: Http,
  { retries, make, which, signal }: Trial<T>,
  first: unknown,
): Promise<T> {
  let slept = 0;
  let error = first;
  for (let attempt = 1; ; attempt++) {
    if (!(error instanceof GradlinkError)) throw error;
    error.attempts = attempt;
    const bounds = MAY[which](error) && pauseAfter(retries, attempt, error);
    if (!bounds || signal?.aborted || slept + bounds[0] > retries.budgetSeconds) throw error;
    const longest = Math.min(bounds[1], Math.max(retries.budgetSeconds - slept, bounds[0]));
    slept += await pause(http, bounds[0], longest, signal);
    if (signal?.aborted) throw error;
    try {
      return await make();
    } catch (failed) {
      error = failed;
    }
  }
}

/** Wait before a stream that could not be opened is asked for again; false if that would do harm or is over. */
export async function mayOpenAgain(
  http: Http,
  retries: Retries,
  attempt: number,
  error: GradlinkError,
): Promise<boolean> {
  error.attempts = attempt;
  const bounds = mayReopen(error) && pauseAfter(retries, attempt, error);
  if (!bounds || bounds[0] > retries.budgetSeconds || http.closed) return false;
  await pause(http, ...bounds);
  return !http.closed;
}

/** Return ConnectError for an exchange that broke since there was no connection, otherwise `broken` itself. */
export function withoutConnection(broken: GradlinkError): GradlinkError {
  const hints = hintsOf(broken.cause);
  if (broken.name !== "TransportError" || !NO_CONNECTION.test(hints)) return broken;
  const { url } = broken as TransportError;
  const text = `no connection to ${url}: ${innermostReason(broken.cause)}`;
  const failed = new ConnectError(text, { url, cause: broken.cause, execution: "not started" });
  failed.transient = !/CERT|ALTNAME/.test(hints);
  return failed;
}

/** Wait for a time between two bounds, and return it; the end of the client or of `signal` ends the wait. */
export function pause(
  http: Http,
  shortest: number,
  longest: number,
  signal?: AbortSignalLike | null,
): Promise<number> {
  const seconds = shortest + Math.random() * (longest - shortest);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      http.active.delete(done);
      forget();
      resolve(seconds);
    };
    const timer = setTimeout(done, http.closed || signal?.aborted ? 0 : seconds * 1000);
    http.active.add(done);
    const forget = onAbort(signal, done);
  });
}
