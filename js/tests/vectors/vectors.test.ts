// TypeScript makes of every derived vector what it says.

import { afterAll, describe, expect, test } from "vitest";
import { play } from "./callers.ts";
import { type Case, cases, KINDS } from "./cases.ts";
import { agrees, expected, reading } from "./readings.ts";

function check(actual: unknown, one: Case): void {
  const wanted = expected(one);
  // The comparison of the test runner shows what differs, if ours says that something does.
  if (!agrees(actual, wanted)) expect(actual).toEqual(wanted);
}

describe.each(KINDS.filter((kind) => kind !== "calls"))("%s", (kind) => {
  const all = cases(kind);
  test.each(all.map((one) => [`${one.file}: ${one.name}`, one] as const))("%s", async (_, one) => {
    check(await reading(kind, one.given), one);
    expect(agrees({ error: "other" }, expected(one))).toBe(false);
  });
  test("there are cases", () => expect(all.length).toBeGreaterThan(0));
});

describe("calls", () => {
  const all = cases("calls");
  test.each(all.map((one) => [`${one.file}: ${one.name}`, one] as const))("%s", async (_, one) => {
    check(await play(one.given), one);
  });
  test("there are cases", () => expect(all.length).toBeGreaterThan(0));
});

// Python's tests say the same of theirs: the numbers have to be equal.
afterAll(() => {
  const counts = KINDS.map((kind) => [kind, cases(kind).length] as const);
  const each = counts.map(([kind, count]) => `${kind} ${count}`).join(", ");
  process.stdout.write(`vectors: ${cases(...KINDS).length} cases (${each})\n`);
});
