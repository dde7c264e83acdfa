/** Streams in the shape of an `EventSource`: those that a subclass of the client makes, and ours for who asks for one. */

import { TransportError } from "../errors.ts";
import type { EventStreamLike } from "../types.ts";
import type { EventStream, Reading } from "./events.ts";

/** What a stream had to tell before it was read. */
export type Early = ["onmessage" | "onerror", { data: string }][];

/** Read a stream to its end, from what it has delivered already. */
export function readForeign(source: EventStreamLike, reading: Reading, early: Early): Promise<undefined> {
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
    for (const [name, event] of early) source[name]?.(event);
  });
}

/** Read a stream for who has set `onmessage`. */
export function pump(stream: EventStream): void {
  const take = (data: string) => {
    stream.onmessage?.({ data });
    return true;
  };
  const tell = (what: unknown) => stream.onerror?.(what);
  stream.read({ take }).then(tell, tell);
}
