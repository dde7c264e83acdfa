/** One exchange with the network: a request and its answer. */

import { ClientClosedError, type ErrorFacts, GradlinkError, TransportError, withFacts } from "../errors.ts";
import { dropBody, type Reader, readerOf, readReply } from "../protocol/bodies.ts";
import { isBlob, isBytes } from "../protocol/filedata.ts";
import { type Bounds, boundsOf, milliseconds } from "../protocol/policy.ts";
import { reasonOf, withoutConnection } from "../protocol/reasons.ts";
import type { Reply } from "../protocol/replies.ts";
import { origin, withoutCredentials } from "../protocol/routes.ts";
import { onAbort } from "../protocol/signals.ts";
import type { AbortSignalLike, FetchLike, Logger, ResponseLike } from "../types.ts";
import { Log } from "./calllog.ts";
import { follow, isRedirect } from "./redirects.ts";

/** One request. */
export interface Request {
  readonly method?: string;
  readonly headers?: Record<string, string> | undefined;
  /** A Blob, bytes or a text are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Asked in the moment in which it is sent; false keeps it back. */
  wanted?(): boolean;
  /** Given what ends it, when it begins; what is returned is called at its end. */
  begun?(end: () => void): () => void;
  /** Ends it from outside. */
  readonly signal?: AbortSignalLike | null | undefined;
  /** How long all of its answer may take; null for no limit. */
  readonly seconds?: number | null;
  /** Makes what reads a body that has no other limit, and calls `end` if it comes too slowly. */
  readonly paced?: (reader: Reader, end: () => void) => Reader;
  /** What its answer holds, and so how large it may be. */
  readonly holds?: keyof Bounds;
  /** Sends it, instead of the client's `fetch`. */
  readonly via?: FetchLike | undefined;
  /** Take a redirect as the answer. */
  readonly stay?: boolean;
}

/** An exchange that is under way. */
export interface Exchange {
  readonly response: ResponseLike;
  /** It has been ended, by whomever: why. */
  readonly ended: { readonly aborted: boolean; readonly reason: unknown };
  /** Called when it is ended. A listener of a signal costs more than one would think. */
  onEnd: (() => void) | undefined;
  /** End the limit of time: the answer has begun, and may take as long as it likes. */
  unlimit(): void;
  /** End the exchange; one whose answer was read to the end needs no breaking off. */
  close(isRead?: boolean): void;
  /** Return what it means that it broke with `error`. */
  failure(error: unknown): GradlinkError;
}

/** The exchanges with one app. */
export class Exchanges {
  /** Where the app is, with one trailing slash. */
  base: string;
  /** Where credentials may go. */
  readonly origins: Set<string>;
  /** Headers of every request to the app. */
  readonly headers: Record<string, string>;
  /** How many bytes answers may have. */
  readonly bounds: Bounds;
  /** What the program is told, if it wants to know. */
  readonly log: Log | undefined;
  closed = false;
  /** How long an answer may take, null for no limit. */
  readonly #seconds: number | null;
  readonly #fetch: FetchLike;
  /** Finding out takes as long as a small part of a request. */
  readonly #takesSignals: boolean = takesSignals();
  /** What ends the exchanges and pauses that are under way. */
  readonly active: Set<() => void> = new Set();

  /** @param fetch reads the client's own `fetch` at each call, which a subclass may have replaced. */
  constructor(
    base: string,
    fetch: FetchLike,
    headers: Record<string, string>,
    seconds: number | null,
    bounds: Bounds = boundsOf(),
    logger?: Logger | null,
  ) {
    this.log = logger ? new Log(logger) : undefined;
    this.base = base;
    this.headers = headers;
    this.bounds = bounds;
    this.origins = new Set([origin(base)]);
    this.#fetch = fetch;
    this.#seconds = seconds;
  }

  /** Tell whether `url` is the app's own, so that credentials may go there. */
  owns(url: string): boolean {
    return url.startsWith(this.base) || this.origins.has(origin(url));
  }

  /** Begin an exchange; redirects that stay with the app's origin are followed. */
  async open(url: string, request: Request): Promise<Exchange> {
    if (this.closed) throw clientClosed({ execution: "not started" });
    const controller = new AbortController();
    const { signal, seconds = this.#seconds, method = "GET", body, headers } = request;
    const abort = () => {
      controller.abort();
      exchange?.onEnd?.();
    };
    let exchange: Exchange | undefined;
    let late = false;
    const expire = () => {
      late = true;
      abort();
    };
    const timer = seconds === null ? undefined : setTimeout(expire, milliseconds(seconds));
    this.active.add(abort);
    const forget = onAbort(signal, abort);
    const over = request.begun?.(abort);
    if (signal?.aborted) abort();
    const unlimit = () => clearTimeout(timer);
    const failure = (error: unknown) => {
      if (error instanceof GradlinkError) return error;
      if (this.closed) return clientClosed();
      const shown = withoutCredentials(url);
      const what = late ? `took over ${Number(seconds?.toFixed(3))} s` : `broke: ${reasonOf(error)}`;
      return new TransportError(`the exchange with ${shown} ${what}`, {
        url: shown,
        cause: error,
        execution: "unknown",
      });
    };
    const close = (isRead?: boolean) => {
      unlimit();
      this.active.delete(abort);
      forget();
      over?.();
      if (!isRead) abort();
    };
    try {
      // What came before, such as a login, may have taken a while.
      if (signal?.aborted || request.wanted?.() === false)
        throw withFacts(failure(signal?.reason ?? new Error("nobody waits for it any more")), {
          execution: "not started",
        });
      const isJson = typeof body === "object" && body && !isBlob(body) && !isBytes(body);
      const init = {
        method,
        headers: {
          ...(this.owns(url) && this.headers),
          ...(isJson && { "content-type": "application/json" }),
          ...headers,
        },
        ...(this.#takesSignals && { signal: controller.signal }),
        redirect: "manual",
        ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
      };
      const call = request.via ?? this.#fetch;
      let response = await (init.signal ? call(url, init) : untilAborted(call(url, init), controller.signal));
      this.log?.tell("debug", `${method} ${withoutCredentials(url)}: ${response.status}`);
      if (!request.stay && isRedirect(response)) response = await follow(this, call, url, init, response);
      exchange = { response, ended: controller.signal, onEnd: undefined, unlimit, close, failure };
      return exchange;
    } catch (error) {
      close();
      // No answer has begun: it may be that there was no connection at all.
      throw withoutConnection(failure(error));
    }
  }

  /** Perform a request and read its answer to the end. */
  async reply(url: string, request: Request = {}): Promise<Reply> {
    const exchange = await this.open(url, request);
    let isRead = false;
    try {
      const { paced, holds = "answer" } = request;
      const { response, ended, close } = exchange;
      const body = readerOf(response.body);
      // A fetch that takes no signals would read on.
      exchange.onEnd = () => {
        body?.cancel().catch(() => {});
      };
      const reader = paced && body ? paced(body, close) : body;
      const [reply, isWhole] = await readReply(response, url, this.bounds[holds], reader);
      if (ended.aborted) throw ended.reason;
      isRead = isWhole;
      return reply;
    } catch (error) {
      throw exchange.failure(error);
    } finally {
      exchange.close(isRead);
    }
  }

  /** End all exchanges, and begin none any more. */
  end(): void {
    this.closed = true;
    this.abort();
  }

  /** End all exchanges that are under way. */
  abort(): void {
    for (const abort of [...this.active]) abort();
  }
}

/** Return the error of what the client's end has ended. */
export function clientClosed(facts?: ErrorFacts): ClientClosedError {
  return new ClientClosedError("the client is closed", facts);
}

/** Tell whether `fetch` takes our signals: in tests with jsdom, AbortController is of another package than fetch. */
function takesSignals(): boolean {
  if (known.AbortController === AbortController && known.Request === globalThis.Request)
    return known.areTaken;
  Object.assign(known, { AbortController, Request: globalThis.Request });
  try {
    const { signal } = new AbortController();
    known.areTaken = typeof Request !== "function" || !!new Request("http://localhost/", { signal });
  } catch {
    known.areTaken = false;
  }
  return known.areTaken;
}

/** Which signals were looked at last, and whether `fetch` takes them. */
const known: { AbortController?: unknown; Request?: unknown; areTaken: boolean } = { areTaken: true };

/** Wait for an answer as long as the exchange is not ended; one that comes later is given up. */
function untilAborted(answer: Promise<ResponseLike>, signal: AbortSignalLike): Promise<ResponseLike> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason);
      answer.then(({ body }) => dropBody(body)).catch(() => {});
    });
    answer.then(resolve, reject);
  });
}
