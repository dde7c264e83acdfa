/** Reading streams of server-sent events with `fetch`, which works where there is no `EventSource`. */

import { type GradlinkError, TransportError } from "../errors.ts";
import { EventDecoder } from "../protocol/events.ts";
import type { Reply } from "../protocol/replies.ts";
import { readerOf } from "../protocol/streams.ts";
import type { EventStreamLike } from "../types.ts";
import { type Http, type Request, readReply } from "./http.ts";

/** What to do while a stream is read. */
export interface Reading extends Request {
  /** Takes the data of an event; false ends the reading. */
  take(data: string): boolean;
  /** The server has begun to answer. */
  opened?(): void;
  /** Asked when it broke; true if that does not matter any more. */
  enough?(): boolean;
  /** Seconds of silence after which the stream counts as broken. */
  idle?: number | null;
}

/** Read a stream to its end; return the answer if it is a refusal. */
export async function readEvents(http: Http, url: string, reading: Reading): Promise<Reply | undefined> {
  const exchange = await http.open(url, reading);
  const { response, ended } = exchange;
  let failure: GradlinkError | undefined;
  let ticks: ReturnType<typeof setInterval> | undefined;
  try {
    if (response.status !== 200) return await readReply(response, url);
    const reader = readerOf(response.body);
    if (!reader) throw new TransportError("this fetch gives no body to read");
    exchange.unlimit();
    reading.opened?.();
    // A read that waits when the exchange is ended need not hear of it.
    ended.addEventListener("abort", () => {
      reader.cancel().catch(() => {});
    });
    const letters = new TextDecoder();
    const decoder = new EventDecoder();
    let silent = 0;
    const { idle } = reading;
    if (idle) {
      // One timer for the stream, none for a message: a browser slows the timers of hidden pages down.
      ticks = setInterval(() => {
        silent += 1;
        if (silent < 3) return;
        failure = new TransportError(`it was silent for ${idle} s`, { execution: "unknown" });
        exchange.close();
      }, idle * 500);
    }
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      silent = 0;
      for (const data of decoder.push(letters.decode(part.value, { stream: true }))) {
        if (!reading.take(data)) return undefined;
      }
    }
    if (ended.aborted) throw failure ?? exchange.failure(ended.reason);
  } catch (error) {
    if (!failure && reading.enough?.()) return undefined;
    throw failure ?? exchange.failure(error);
  } finally {
    clearInterval(ticks);
    exchange.close();
  }
  return undefined;
}

/** What `client.stream()` returns: an `EventSource` in shape, that begins to read when it is asked to. */
export class EventStream implements EventStreamLike {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #http: Http;
  readonly #url: string;
  readonly #controller: AbortController = new AbortController();
  #begun = false;

  constructor(http: Http, url: string) {
    this.#http = http;
    this.#url = url;
    queueMicrotask(() => {
      if (this.#begun) return;
      import("./foreign.ts").then(({ pump }) => pump(this)).catch((error: unknown) => this.onerror?.(error));
    });
  }

  /** Read it to its end; return the answer if it is a refusal. */
  read(reading: Reading): Promise<Reply | undefined> {
    this.#begun = true;
    return readEvents(this.#http, this.#url, { signal: this.#controller.signal, ...reading });
  }

  close(): void {
    this.#begun = true;
    this.#controller.abort();
  }
}
