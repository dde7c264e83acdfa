// Limits of time, and what may be repeated.

import { expect, test } from "vitest";
import {
  ArgumentError,
  ConnectError,
  QueueError,
  RedirectError,
  ResponseError,
  StreamLostError,
  TooManyRequestsError,
  TransportError,
} from "../../src/errors.ts";
import {
  boundsOf,
  DEFAULT_RETRIES,
  DEFAULT_TIMEOUT,
  isRetryableRead,
  mayReopen,
  mayRepeat,
  merged,
  milliseconds,
  pauseAfter,
} from "../../src/protocol/policy.ts";

test("a number limits the whole call", () => {
  expect(merged(5, DEFAULT_TIMEOUT, "total")).toEqual({ ...DEFAULT_TIMEOUT, total: 5 });
  expect(merged({ run: 3 }, DEFAULT_TIMEOUT, "total")).toEqual({ ...DEFAULT_TIMEOUT, run: 3 });
  expect(merged(undefined, DEFAULT_TIMEOUT, "total")).toBe(DEFAULT_TIMEOUT);
  expect(merged(0, DEFAULT_RETRIES, "count").count).toBe(0);
});

test.each([[-1], ["5"], [Number.NaN], [true]])("%s is no limit", (value) => {
  expect(() => merged(value as number, DEFAULT_TIMEOUT, "total")).toThrow(ArgumentError);
  expect(() => merged({ run: value as number }, DEFAULT_TIMEOUT, "total")).toThrow("run");
});

test("bounds follow the options", () => {
  const { config, answer, message } = boundsOf();
  expect([config[1], answer[1], message[1]]).toEqual([64 << 20, 16 << 20, 256 << 20]);
  expect(boundsOf({ max_answer: 10, max_message: 20 })).toEqual({
    config: ["max_answer", 40],
    answer: ["max_answer", 10],
    message: ["max_message", 20],
  });
  // What no text can hold would fail in ways of its own.
  expect(boundsOf({ max_message: null }).message[1]).toBe(2 ** 29 - 24);
  expect(() => boundsOf({ max_answer: -1 })).toThrow("max_answer is not a number of bytes from 0: -1");
  expect(() => boundsOf({ max_message: "1" as never })).toThrow(ArgumentError);
});

test("a limit that is too long for a timer is a long one", async () => {
  expect(milliseconds(1.5)).toBe(1500);
  expect(milliseconds(1e12)).toBe(2 ** 31 - 1);
});

test("pauses grow, up to a bound, and follow what the server asks for", () => {
  const error = new QueueError("full");
  const bounds = [1, 2, 3, 4].map((attempt) =>
    pauseAfter({ ...DEFAULT_RETRIES, capSeconds: 1.5 }, attempt, error),
  );
  expect(bounds).toEqual([[0, 0.5], [0, 1], [0, 1.5], undefined]);
  const asked = Object.assign(new TooManyRequestsError("slow down"), { retryAfter: 7 });
  expect(pauseAfter(DEFAULT_RETRIES, 1, asked)).toEqual([7, 7]);
});

const cases: [string, TransportError, boolean, boolean, boolean][] = [
  ["no connection", new ConnectError("x"), true, true, true],
  ["no trust", Object.assign(new ConnectError("x"), { transient: false }), false, false, false],
  ["a full queue", new QueueError("x", { status: 503 }), true, true, true],
  ["a gateway", new ResponseError("x", { status: 502 }), true, true, false],
  ["a fault of the app", new ResponseError("x", { status: 500 }), false, false, false],
  ["too many requests", new TooManyRequestsError("x", { status: 429 }), true, true, true],
  ["a redirect", new RedirectError("x", { execution: "not started" }), false, false, false],
  ["a request that was not sent", new TransportError("x", { execution: "not started" }), true, true, true],
  [
    "a request that may have been read",
    new TransportError("x", { execution: "unknown" }),
    false,
    true,
    false,
  ],
  ["a lost stream", new StreamLostError("x"), false, true, false],
];

test.each(cases)("%s", (_, error, harmful, reading, opening) => {
  expect([mayRepeat(error), isRetryableRead(error), mayReopen(error)]).toEqual([harmful, reading, opening]);
});
