/** Streams of server-sent events, read with `fetch`, which works where there is no `EventSource`. */

import { type GradlinkError, TransportError } from "../errors.ts";
import { HeldBytes, readerOf, readReply, tooLarge } from "../protocol/bodies.ts";
import { FLOOR_BYTES_PER_SECOND, milliseconds } from "../protocol/policy.ts";
import type { Reply } from "../protocol/replies.ts";
import { EventDecoder } from "../protocol/sse.ts";
import type { EventStreamLike } from "../types.ts";
import type { Request } from "./exchange.ts";
import type { Http } from "./http.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

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
    if (response.status !== 200) return (await readReply(response, url))[0];
    const reader = readerOf(response.body);
    if (!reader) throw new TransportError("this fetch gives no body to read");
    exchange.unlimit();
    reading.opened?.();
    // A read that waits when the exchange is ended need not hear of it.
    exchange.onEnd = () => {
      reader.cancel().catch(() => {});
    };
    const letters = new TextDecoder();
    const decoder = new EventDecoder();
    const { idle } = reading;
    const enough = FLOOR_BYTES_PER_SECOND * (idle ?? 0);
    const bound = http.bounds.message;
    // Ticks without progress, and the bytes that came in them; bytes that no event has come of yet.
    let [silent, gathered, pending] = [0, 0, 0];
    // The beginning of a line: nothing can come of it before its end.
    const held = new HeldBytes();
    if (idle) {
      // One timer for the stream, none for a message: a browser slows the timers of hidden pages down.
      ticks = setInterval(
        () => {
          silent += 1;
          if (silent < 3) return;
          failure = new TransportError(`it brought no message and not enough of one for ${idle} s`, {
            execution: "unknown",
          });
          exchange.close();
        },
        milliseconds(idle / 2),
      );
    }
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const bytes = part.value ?? new Uint8Array();
      gathered += bytes.length;
      pending += bytes.length;
      held.push(bytes);
      const endsLine = bytes.includes(LINE_FEED) || bytes.includes(CARRIAGE_RETURN);
      // Bytes that drip are not a sign of life, lines are: a proxy's comments, say.
      if (endsLine || gathered >= enough) silent = gathered = 0;
      for (const data of endsLine ? decoder.push(held.text(letters, false)) : []) {
        pending = 0;
        if (data.length > bound[1]) throw tooLarge(url, bound);
        if (!reading.take(data)) return undefined;
      }
      if (pending > bound[1]) throw tooLarge(url, bound);
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
      if (!this.#begun) this.#pump();
    });
  }

  /** Read it for who has set `onmessage`. */
  #pump(): void {
    const take = (data: string) => {
      this.onmessage?.({ data });
      return true;
    };
    const tell = (what: unknown) => this.onerror?.(what);
    this.read({ take }).then(tell, tell);
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

/** Read a stream that is not ours to its end. */
export function readEventSource(source: EventStreamLike, reading: Reading): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      source.close();
      reject(error);
    };
    source.onmessage = ({ data }) => {
      try {
        reading.opened?.();
        // An EventSource would ask again for a stream that has ended.
        if (reading.take(data) && !reading.enough?.()) return;
      } catch (error) {
        fail(error);
        return;
      }
      source.close();
      resolve(undefined);
    };
    source.onerror = (event) => {
      fail(
        typeof (event as Partial<Error> | null)?.message === "string"
          ? event
          : new TransportError("the stream broke", { execution: "unknown" }),
      );
    };
  });
}
