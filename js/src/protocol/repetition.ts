/** What may be repeated, and after which pause. Vectors: retries. */

import {
  ConnectError,
  type GradlinkError,
  QueueError,
  RedirectError,
  ResponseError,
  TooManyRequestsError,
  TransportError,
} from "../errors.ts";
import { isPassing, type Retries } from "./policy.ts";

/** Return the shortest and longest pause after the failed `attempt` (1 is the first), undefined to give up. */
export function pauseAfter(
  retries: Retries,
  attempt: number,
  error: GradlinkError,
): readonly [number, number] | undefined {
  if (attempt > retries.count) return undefined;
  const longest = Math.min(retries.baseSeconds * 2 ** (attempt - 1), retries.capSeconds);
  const asked = error instanceof TooManyRequestsError ? (error.retryAfter ?? 0) : 0;
  return [asked, Math.max(asked, longest)];
}

/**
 * Tell whether what failed with `error` surely had no effect and may go better next time.
 *
 * That is: no connection was made, the request was not sent whole, or a proxy, a rate limit or a full queue refused it.
 */
export function mayRepeat(error: GradlinkError): boolean {
  if (error instanceof RedirectError) return false;
  if (error instanceof ConnectError) return error.transient;
  if (error instanceof QueueError) return true;
  if (error instanceof ResponseError) return isPassing(error.status);
  return error instanceof TransportError && error.execution === "not started";
}

/**
 * Tell whether a stream that could not be opened may be asked for again.
 *
 * Only if the app never saw the request: it drops a session's jobs when a stream that it has begun breaks off, and a
 * gateway that timed out (502, 504) may have been that stream's other end.
 */
export function mayReopen(error: GradlinkError): boolean {
  if (error instanceof ResponseError) return error.status === 429 || error.status === 503;
  return mayRepeat(error);
}

/** Tell the same of a request that changes nothing, however often it is made: a GET, or an upload. */
export function isRetryableRead(error: GradlinkError): boolean {
  if (mayRepeat(error)) return true;
  const final = [ConnectError, RedirectError, ResponseError].some((kind) => error instanceof kind);
  return error instanceof TransportError && !final;
}
