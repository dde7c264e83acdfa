/** Streams in the shape of an `EventSource`: ours, and those that a subclass of the client makes. */

import { TransportError } from "../errors.ts";
import type { Reply } from "../protocol/replies.ts";
import type { EventStreamLike } from "../types.ts";
import { type Reading, readEvents } from "./events.ts";
import type { Http } from "./http.ts";

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
