// Bodies are read up to their bound, in whatever parts they come.

import { expect, test } from "vitest";
import { HeldBytes, readText } from "../../src/protocol/bodies.ts";
import type { ResponseLike } from "../../src/types.ts";

const BOUND = ["max_answer", 10] as const;

/** Return an answer whose body comes in these parts, and whether it was left. */
function inParts(parts: readonly (string | Uint8Array)[], status = 200): [ResponseLike, () => boolean] {
  let left = false;
  const source = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = source.shift();
      if (part) controller.enqueue(part);
      else controller.close();
    },
    cancel() {
      left = true;
    },
  });
  return [new Response(body, { status }) as unknown as ResponseLike, () => left];
}

function read(response: ResponseLike): Promise<[string, boolean]> {
  return readText(response, "http://app.example/x?token=1", BOUND);
}

test("a body that fits is read whole, letters that are cut between parts included", async () => {
  const bytes = new TextEncoder().encode("\ufeffgrüße€");
  const [response] = inParts(Array.from(bytes.slice(0, 10), (byte) => new Uint8Array([byte])));
  expect(await read(response)).toEqual(["grüße", true]);
  expect(await read(inParts([])[0])).toEqual(["", true]);
  expect(await read(new Response(null) as unknown as ResponseLike)).toEqual(["", true]);
});

test("one that is a byte too large is an error, and is left", async () => {
  const [response, isLeft] = inParts(["0123456789", "a", "more"]);
  await expect(read(response)).rejects.toMatchObject({
    name: "AnswerTooLargeError",
    url: "http://app.example/x",
    limit: 10,
    option: "max_answer",
  });
  expect(isLeft()).toBe(true);
});

test("of an error page the beginning is kept, whatever the bound", async () => {
  const page = "x".repeat(40_000);
  const [response, isLeft] = inParts([page, page, page], 500);
  const [text, isWhole] = await read(response);
  expect([text.length, isWhole, isLeft()]).toEqual([65_536, false, true]);
});

test.each([
  ["says how long it is", { "content-length": "11" }, ""],
  ["turns out to be", {}, "01234567890"],
])("a body without a stream that %s too large is an error", async (_, headers, text) => {
  const response = { ok: true, headers: new Headers(headers), text: async () => text };
  await expect(read(response as unknown as ResponseLike)).rejects.toMatchObject({ limit: 10 });
});

test("bytes one by one take no more memory than all at once", () => {
  globalThis.gc?.();
  const held = new HeldBytes();
  const one = new Uint8Array([120]);
  const before = process.memoryUsage();
  for (let count = 0; count < 1_000_000; count += 1) held.push(one);
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  // A million objects would take some hundred megabytes.
  expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(20_000_000);
  expect(held.size).toBe(1_000_000);
  expect(held.text()).toBe("x".repeat(1_000_000));
  expect(held.size).toBe(0);
});
