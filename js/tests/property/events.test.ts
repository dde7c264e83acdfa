// Server-sent events come out the same, however the network cuts them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { readEvents } from "../../src/client/events.ts";
import { Http } from "../../src/client/http.ts";
import { EventDecoder } from "../../src/protocol/sse.ts";

/** Cut `bytes` at these places and decode the pieces as a reader does. */
function decoded(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other);
  const letters = new TextDecoder();
  const decoder = new EventDecoder();
  let start = 0;
  return [...places, bytes.length].flatMap((end) => {
    const piece = bytes.subarray(start, end);
    start = end;
    return decoder.push(letters.decode(piece, { stream: true }));
  });
}

/** Return the data of the messages of a whole stream, by the standard's rules as they are written. */
function written(text: string): string[] {
  const messages: string[] = [];
  let [data, name] = ["", ""];
  for (const line of text.split(/\r\n|\r|\n/).slice(0, -1)) {
    const [field = "", value = ""] = /^([^:]*):? ?([^]*)$/.exec(line)?.slice(1) ?? [];
    if (line === "") {
      if (data !== "" && /^(message)?$/.test(name)) messages.push(data.slice(0, -1));
      [data, name] = ["", ""];
    } else if (field === "data") data += `${value}\n`;
    else if (field === "event") name = value;
  }
  return messages;
}

/** Read a stream whose body comes in these pieces, as the client does. */
async function readAll(bytes: Uint8Array, cuts: readonly number[]): Promise<string[]> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let start = 0;
      for (const end of [...places, bytes.length]) {
        controller.enqueue(bytes.subarray(start, end));
        start = end;
      }
      controller.close();
    },
  });
  const http = new Http("http://127.0.0.1/", async () => new Response(body), {}, null, null);
  const messages: string[] = [];
  await readEvents(http, "http://127.0.0.1/stream", { take: (data) => !!messages.push(data) });
  return messages;
}

const lines = fc.constantFrom(
  ..."data|data:|data: a|data:b: c| data: no|: comment|:|id: 1|retry: 5|event: ping|event: message|event|other: x||||".split(
    "|",
  ),
);
const ends = fc.constantFrom("\n", "\r", "\r\n");
const value = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((text) => `data: ${JSON.stringify({ text })}`);
const stream = fc
  .array(fc.tuple(fc.oneof(lines, value), ends), { maxLength: 30, size: "max" })
  .map((parts) => parts.flat().join(""));

test("a stream means what the standard says, however it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(stream, fc.array(fc.nat(10_000), { maxLength: 12 }), async (text, cuts) => {
      const bytes = new TextEncoder().encode(text);
      const messages = written(text);
      expect(decoded(bytes, [])).toEqual(messages);
      expect(decoded(bytes, cuts)).toEqual(messages);
      expect(await readAll(bytes, cuts)).toEqual(messages);
    }),
    { numRuns: 500 },
  );
});

test("every cut of a stream whose lines end with CR gives the same events", async () => {
  const bytes = new TextEncoder().encode("\ufeffdata: é\r\rdata: b\r\n\r\ndata: c\n\n: end\r");
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(decoded(bytes, [cut])).toEqual(["é", "b", "c"]);
    expect(await readAll(bytes, [cut])).toEqual(["é", "b", "c"]);
  }
});

test("several lines of data are one event, and what is not ended is none", () => {
  const bytes = new TextEncoder().encode("data:a\ndata: b\n\ndata: c\n");
  expect(decoded(bytes, [3, 9])).toEqual(["a\nb"]);
});

test("a letter that ends lines elsewhere does not", () => {
  const bytes = new TextEncoder().encode('data: "\u2028\u0085"\n\n');
  expect(decoded(bytes, [7])).toEqual(['"\u2028\u0085"']);
});

test("a large message in small pieces takes linear time", () => {
  const decoder = new EventDecoder();
  const piece = "x".repeat(1000);
  let events: string[] = [];
  decoder.push("data: ");
  for (let count = 0; count < 20_000; count++) events = decoder.push(piece);
  expect(events).toEqual([]);
  expect(decoder.push("\n\n")[0]?.length).toBe(20_000_000);
});
