/** How long a call may take and how often a request is repeated: the options. */

import { ArgumentError } from "../errors.ts";

/** Limits in seconds for the phases of a call; null is no limit. */
export interface Timeout {
  /** Until an answer begins, of every request that is answered at once (of the client, not of a call). */
  connect: number | null;
  /** Sending the call's files. */
  upload: number | null;
  /** From the join until the function starts. */
  queue: number | null;
  /** From the function's start to its end. */
  run: number | null;
  /** Silence of the stream of messages, on which the server beats every 15 s (of the client). */
  idle: number | null;
  /** All of it. */
  total: number | null;
}

export type Phase = "upload" | "queue" | "run" | "total";

/** How often, and how patiently, a request that had no effect is sent again. */
export interface Retries {
  /** Repetitions of one request; 0 repeats nothing. */
  count: number;
  /** Bound of the first pause; each further one is twice as long. */
  baseSeconds: number;
  /** Bound of any pause that the server does not ask for. */
  capSeconds: number;
  /** All pauses of one request together; a longer `Retry-After` is not waited for. */
  budgetSeconds: number;
}

// fetch does not tell when a connection is made, so the limit is for the answer; a busy server takes long for one.
export const DEFAULT_TIMEOUT: Timeout = {
  connect: 60,
  upload: null,
  queue: null,
  run: null,
  idle: 60,
  total: null,
};
export const DEFAULT_RETRIES: Retries = { count: 3, baseSeconds: 0.5, capSeconds: 10, budgetSeconds: 30 };

/**
 * Return `before` with the limits of `value`; a number is the one that is called `key`.
 *
 * @throws ArgumentError for a limit that is no number from 0.
 */
export function merged<T extends Timeout | Retries>(
  value: number | Partial<T> | null | undefined,
  before: T,
  key: "total" | "count",
): T {
  const given: Record<string, unknown> = typeof value === "object" ? { ...value } : { [key]: value };
  for (const [name, limit] of Object.entries(given)) {
    if (limit != null && !(typeof limit === "number" && limit >= 0)) {
      throw new ArgumentError(`${name} is not a number from 0: ${limit}`);
    }
  }
  return value == null ? before : { ...before, ...given };
}

/** Tell whether a proxy answers so while the app behind it is away for a moment. */
export function isPassing(status: number | undefined): boolean {
  return [429, 502, 503, 504].includes(status as number);
}
