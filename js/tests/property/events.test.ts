// Server-sent events come out the same, however the network cuts them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { EventDecoder } from "../../src/protocol/events.ts";

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

const text = fc.string({ unit: "grapheme" }).map((value) => JSON.stringify({ value }));
const noise = fc.constantFrom("", ": comment\n", "event: x\n", "id: 1\nretry: 5\n", "\n", "data\n\n");

test("events survive any cut, both line ends, comments and other fields", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, noise, fc.boolean())), fc.array(fc.nat(10_000)), (events, cuts) => {
      const stream = events.map(([data, other, isWindows]) => {
        const lines = `${other}data: ${data}\n\n`;
        return isWindows ? lines.replaceAll("\n", "\r\n") : lines;
      });
      const bytes = new TextEncoder().encode(stream.join(""));
      expect(decoded(bytes, cuts)).toEqual(events.map(([data]) => data));
    }),
    { numRuns: 500 },
  );
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
