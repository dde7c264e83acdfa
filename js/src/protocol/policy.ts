/** How long a call may take, what may be repeated, and after which pause. Vectors: retries. */

import {
  ArgumentError,
  ConnectError,
  type GradlinkError,
  QueueError,
  RedirectError,
  ResponseError,
  TooManyRequestsError,
  TransportError,
} from "../errors.ts";

/** Limits in seconds for the phases of a call; null means no limit. */
export interface Timeout {
  /**
   * Connecting as a whole: login, /config, /info, redirects and repetitions; later also each request that is answered at
   * once, with all of its answer (of the client, not of a call).
   */
  connect: number | null;
  /** Sending the call's files. */
  upload: number | null;
  /** From the join until the function starts. */
  queue: number | null;
  /** From the function's start to its end. */
  run: number | null;
  /**
   * Silence of the stream of messages, on which the server beats every 15 s, and of a file or a result on its way, which
   * have to bring 256 bytes for each second of that time (of the client).
   */
  idle: number | null;
  /** All of it; for a file of a result, all that its reading waits for the network. */
  total: number | null;
}

export type LimitPhase = "upload" | "queue" | "run" | "total";

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

/** How many bytes an answer may have after decoding: the option that says so, and how many that are. */
export type Bound = readonly [option: "max_answer" | "max_message", bytes: number];

/** The bounds of a client, by what an answer holds. */
export interface Bounds {
  /** What the app says of itself: /config and /info. */
  readonly config: Bound;
  /** A message of a stream, or the result of a function without a queue. */
  readonly message: Bound;
  /** Anything else. */
  readonly answer: Bound;
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
// Below any line that is in use; what comes slower is not an answer but a way to hold a program.
export const FLOOR_BYTES_PER_SECOND = 256;
const MAX_MESSAGE_BYTES = 256 << 20;
const MAX_ANSWER_BYTES = 16 << 20;
// The largest /config that was seen has 5 MB.
const TIMES_CONFIG = 4;
// A text of V8 has at most 2 ** 29 - 24 letters; what is larger could not be read.
const LONGEST_TEXT = 2 ** 29 - 24;
export const DEFAULT_RETRIES: Retries = { count: 3, baseSeconds: 0.5, capSeconds: 10, budgetSeconds: 30 };

/**
 * Return `before` with the limits of `value`; a number is the one that is called `key`.
 *
 * @throws ArgumentError for a limit that is not a number from 0.
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

/**
 * Return the bounds of a client with these options.
 *
 * @throws ArgumentError for a bound that is not a number from 0.
 */
export function boundsOf(options: BoundOptions = {}): Bounds {
  const bytes = (name: Bound[0], usual: number) => {
    const given = options[name] === undefined ? usual : (options[name] ?? LONGEST_TEXT);
    if (typeof given === "number" && given >= 0) return given;
    throw new ArgumentError(`${name} is not a number of bytes from 0: ${given}`);
  };
  const answer = bytes("max_answer", MAX_ANSWER_BYTES);
  const config = Math.min(TIMES_CONFIG * answer, LONGEST_TEXT);
  const message = Math.min(bytes("max_message", MAX_MESSAGE_BYTES), LONGEST_TEXT);
  return {
    config: ["max_answer", config],
    answer: ["max_answer", answer],
    message: ["max_message", message],
  };
}

/** The options of a client that bound answers; null means no bound. */
export type BoundOptions = { readonly [name in Bound[0]]?: number | null | undefined };

/** Return what a timer takes for this time: it would take one that is too long for it as none at all. */
export function milliseconds(seconds: number): number {
  return Math.min(seconds * 1000, 2 ** 31 - 1);
}

/** Tell whether a proxy answers so while the app behind it is away for a moment. */
export function isPassing(status: number | undefined): boolean {
  return [429, 502, 503, 504].includes(status as number);
}

/** Return the longest pause after the failed `attempt` (1 is the first) that nobody asks for. */
export function longestPause({ baseSeconds, capSeconds }: Retries, attempt: number): number {
  return Math.min(baseSeconds * 2 ** (attempt - 1), capSeconds);
}

/** Return the shortest and longest pause after the failed `attempt` (1 is the first), undefined to give up. */
export function pauseAfter(
  retries: Retries,
  attempt: number,
  error: GradlinkError,
): readonly [number, number] | undefined {
  if (attempt > retries.count) return undefined;
  const longest = longestPause(retries, attempt);
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
