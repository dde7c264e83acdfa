/** How streams are read: when one is opened again, and what its end means. */

import { type GradlinkError, withFacts } from "../errors.ts";
import type { Dialect } from "../protocol/dialect.ts";
import { streamError } from "../protocol/failures.ts";
import { isSecondEnd, type Message } from "../protocol/messages.ts";
import { mayReopen, pauseAfter, type Retries } from "../protocol/policy.ts";
import { MAX_EMPTY_STREAMS, silentStreams, unclosedStream } from "./failures.ts";

/** Before a heartbeat that broke is opened again. */
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 60;

/** Judges the streams of one session, one after the other. */
export class StreamPolicy {
  /** The stream was there; before that the app has not seen that it is wanted. */
  opened = false;
  /** Messages of jobs came on it. */
  carried = false;
  /** The server has closed it. */
  closed = false;
  /** It is not read on: nothing more is wanted on it, or the server ended it in a way that is not its end; see `error`. */
  abandoned = false;
  /** What that means for the jobs on it, undefined if nothing. */
  error: GradlinkError | undefined;
  readonly #closesExplicitly: boolean;
  readonly #retries: Retries;
  #heard = false;
  #failures = 0;
  #empty = 0;

  constructor({ closesExplicitly }: Dialect, retries: Retries) {
    this.#closesExplicitly = closesExplicitly;
    this.#retries = retries;
  }

  /** Note that a stream is asked for. */
  begin(): void {
    this.opened = this.#heard = this.carried = this.closed = this.abandoned = false;
    this.error = undefined;
  }

  /** Take note of a message; return whether it is to be handed to the session's jobs. */
  concernsJobs(message: Message): boolean {
    this.#heard = true;
    switch (message.msg) {
      case "close_stream":
        // The end follows at once. A connection that is read to its end can be used again.
        this.closed = true;
        return false;
      case "heartbeat":
        return true;
      case "unexpected_error":
        if (message.event_id !== undefined && !isSecondEnd(message)) break;
        this.abandoned = true;
        // After a second end the next stream goes on where this one broke.
        if (!isSecondEnd(message)) this.error = streamError(message);
        return false;
      default:
    }
    this.carried = true;
    return true;
  }

  /** Note that the client does not read on, so that the end of the stream means nothing. */
  leave(): void {
    this.abandoned = true;
  }

  /** Return what the end of the stream means that was read to it, undefined if it was a clean one. */
  end(): GradlinkError | undefined {
    if (this.abandoned) return this.error;
    return this.closed || !this.#closesExplicitly ? undefined : unclosedStream();
  }

  /** Return how long to wait before a stream that was not opened is asked for again, undefined not to. */
  pauseToReopen(error: GradlinkError): readonly [shortest: number, longest: number] | undefined {
    if (this.opened) return undefined;
    const attempts = this.#failures + 1;
    withFacts(error, { attempts });
    const bounds = mayReopen(error) ? pauseAfter(this.#retries, attempts, error) : undefined;
    if (!bounds || bounds[0] > this.#retries.budgetSeconds) return undefined;
    this.#failures += 1;
    return bounds;
  }

  /** Return what the end of a stream means for the jobs on it, in view of those before it. */
  verdict(error: GradlinkError | undefined): GradlinkError | undefined {
    this.#failures = 0;
    this.#empty = this.#heard ? 0 : this.#empty + 1;
    return error ?? (this.#empty < MAX_EMPTY_STREAMS ? undefined : silentStreams());
  }
}

/** Whose heartbeat is read, and when one that broke is opened again. */
export class HeartbeatPolicy {
  /** The app has no heartbeat. */
  gone = false;
  /** The one that is read, or was read last, has beaten. */
  heard = false;
  readonly #wanted: () => string;
  #session_hash = "";
  #pause = FIRST_PAUSE_SECONDS;

  /** @param wanted tells the client's own session, which may be another one at any time. */
  constructor(wanted: () => string) {
    this.#wanted = wanted;
  }

  /** Return the session whose heartbeat is to be read now. */
  begin(): string {
    this.#session_hash = this.#wanted();
    this.heard = false;
    return this.#session_hash;
  }

  /** The client's own session is another one by now. */
  get outdated(): boolean {
    return this.#session_hash !== this.#wanted();
  }

  /** Return the seconds to wait before the next one is opened. */
  pause(): number {
    if (this.gone || this.outdated) return 0;
    this.#pause = this.heard ? FIRST_PAUSE_SECONDS : Math.min(2 * this.#pause, LONGEST_PAUSE_SECONDS);
    return this.#pause;
  }
}
