// Edits lead from any value to any other, and leave the one before as it was.

import fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolError } from "../../src/errors.ts";
import { applyEdits } from "../../src/protocol/diff.ts";
import { isObject, type JsonValue } from "../../src/protocol/jsonvalue.ts";

/** What a server sends: position by position, additions and deletions at the end of a list. */
function edits(before: JsonValue, after: JsonValue, path: JsonValue[] = []): JsonValue[] {
  if (Object.is(before, after)) return [];
  if (typeof before === "string" && typeof after === "string" && after.startsWith(before)) {
    return after === before ? [] : [["append", path, after.slice(before.length)]];
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const found = before.flatMap((item, index) =>
      index < after.length ? edits(item, after[index] as JsonValue, [...path, index]) : [],
    );
    for (let index = after.length; index < before.length; index++)
      found.push(["delete", [...path, -7], null]);
    for (let index = before.length; index < after.length; index++) {
      found.push(["add", [...path, index], after[index] as JsonValue]);
    }
    return found;
  }
  if (isObject(before) && isObject(after)) {
    return [
      ...Object.keys(before).flatMap((key): JsonValue[] =>
        Object.hasOwn(after, key)
          ? edits(before[key] as JsonValue, after[key] as JsonValue, [...path, key])
          : [["delete", [...path, key], null]],
      ),
      ...Object.keys(after)
        .filter((key) => !Object.hasOwn(before, key))
        .map((key): JsonValue => ["add", [...path, key], after[key] as JsonValue]),
    ];
  }
  return [["replace", path, after]];
}

const value = fc.jsonValue({ maxDepth: 4 }).map((made) => JSON.parse(JSON.stringify(made)) as JsonValue);

test("edits lead from one value to the next", () => {
  fc.assert(
    fc.property(value, value, (before, after) => {
      const copy = JSON.stringify(before);
      expect(applyEdits(before, edits(before, after))).toEqual(after);
      expect(JSON.stringify(before)).toBe(copy);
    }),
    { numRuns: 1000 },
  );
});

test("no edit raises anything but ProtocolError", () => {
  fc.assert(
    fc.property(value, fc.array(value), (before, wrong) => {
      const copy = JSON.stringify(before);
      try {
        applyEdits(before, wrong);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
      expect(JSON.stringify(before)).toBe(copy);
    }),
    { numRuns: 500 },
  );
});

test("a key cannot reach beyond the value", () => {
  const before = { a: 1 };
  const after = applyEdits(before, [["add", ["__proto__"], { polluted: true }]]);
  expect(Object.hasOwn(after as object, "__proto__")).toBe(true);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(() => applyEdits(before, [["replace", ["constructor", "name"], 1]])).toThrow(ProtocolError);
});
