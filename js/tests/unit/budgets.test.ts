// What is made of an app's description costs no more than its size, or a budget: shown by counting what is looked at.

import { expect, test } from "vitest";
import { describe as describeApp } from "../../src/describe/describe.ts";
import { MAX_LENGTH, typeOf } from "../../src/describe/typetext.ts";
import { dialectOf } from "../../src/protocol/dialect.ts";
import { replaceFiles } from "../../src/protocol/files.ts";
import type { JsonObject, JsonValue } from "../../src/protocol/jsonvalue.ts";
import { bind } from "../../src/protocol/payload.ts";
import { identifiers } from "../../src/protocol/quirks.ts";
import { Routes } from "../../src/protocol/routes.ts";
import { readApp } from "../../src/protocol/schema.ts";

/** Return `value`, and how often something in it is looked at. */
function counted<T extends object>(value: T): { value: T; looks: () => number } {
  let looks = 0;
  const known = new WeakMap<object, object>();
  const wrap = (one: unknown): unknown => {
    if (typeof one !== "object" || !one) return one;
    const before = known.get(one);
    if (before) return before;
    const made = new Proxy(one, {
      get(target, key) {
        looks += 1;
        return wrap(Reflect.get(target, key));
      },
      has(target, key) {
        looks += 1;
        return Reflect.has(target, key);
      },
      getOwnPropertyDescriptor(target, key) {
        looks += 1;
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
      ownKeys(target) {
        const keys = Reflect.ownKeys(target);
        looks += keys.length;
        return keys;
      },
    });
    known.set(one, made);
    return made;
  };
  return { value: wrap(value) as T, looks: () => looks };
}

/** Definitions that each refer to all others: written out they are endless. */
function tangle(count: number, kind: (members: JsonObject[]) => JsonObject): JsonObject {
  const names = Array.from({ length: count }, (_, index) => `d${index}`);
  const members = names.map((name) => ({ $ref: `#/$defs/${name}` }));
  return { $defs: Object.fromEntries(names.map((name) => [name, kind(members)])), $ref: "#/$defs/d0" };
}

const KINDS: Record<string, (members: JsonObject[]) => JsonObject> = {
  properties: (members) => ({
    type: "object",
    properties: Object.fromEntries(members.map((one, index) => [`p${index}`, one])),
  }),
  anyOf: (members) => ({ anyOf: members }),
  oneOf: (members) => ({ oneOf: members }),
  prefixItems: (members) => ({ type: "array", prefixItems: members }),
  "items of anyOf": (members) => ({ type: "array", items: { anyOf: members } }),
  additionalProperties: (members) => ({ additionalProperties: { anyOf: members } }),
};

test.each(Object.entries(KINDS))(
  "a type costs its budget, however schemas refer to each other: %s",
  (_, kind) => {
    for (const size of [3, 16, 500]) {
      const { value, looks } = counted(tangle(size, kind));
      const text = typeOf(value, "", true);
      expect(text.length).toBeLessThanOrEqual(MAX_LENGTH);
      expect(text).toContain("unknown");
      // Each schema that is read costs 24 characters of 10,000, and is looked at a few dozen times.
      expect(looks()).toBeLessThan(50_000 + 20 * size);
    }
  },
);

test("a type that is cut shows where", () => {
  const choices = Array.from({ length: 5000 }, (_, index) => `choice ${index}`);
  expect(typeOf({ enum: choices }, "", true)).toMatch(/^"choice 0" \| .* \| \.\.\.$/);
  expect(typeOf({ type: "string", enum: ["x".repeat(201), "y"] }, "", true)).toBe('string | "y"');
  const properties = Object.fromEntries(choices.map((name) => [name, { type: "string" }]));
  expect(typeOf({ properties }, "", true)).toMatch(/^\{ "choice 0"\?: string; .*; \.\.\. \}$/);
  expect(typeOf({ prefixItems: choices.map(() => ({ type: "string" })) }, "", true)).toMatch(
    /, \.\.\.unknown\[\]\]$/,
  );
  let deep: JsonObject = { type: "string" };
  for (let depth = 0; depth < 100; depth++) deep = { type: "array", items: deep };
  expect(typeOf(deep, "", true)).toBe(`${"(".repeat(23)}unknown[]${")[]".repeat(23)}`);
});

test("thousands of keys and endless references are looked at once", () => {
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`p${index}`, { $ref: "#" }]));
  const { value, looks } = counted({
    anyOf: Array(400).fill({ properties: wide, required: Object.keys(wide) }),
  } as JsonObject);
  typeOf(value, "", true);
  expect(looks()).toBeLessThan(600_000);
  expect(typeOf({ $ref: `#${"/a".repeat(100_000)}`, type: "string" }, "", true)).toBe("string");
});

/** Count how often a set or a list is asked for what it holds while `act` runs. */
function asked(act: () => void): number {
  let count = 0;
  const [has, includes, find] = [Set.prototype.has, Array.prototype.includes, Array.prototype.find];
  Set.prototype.has = function (this: Set<unknown>, one: unknown): boolean {
    count += 1;
    return has.call(this, one);
  };
  Array.prototype.includes = function (this: unknown[], ...given: [unknown]): boolean {
    count += this.length;
    return includes.apply(this, given);
  };
  Array.prototype.find = function (this: unknown[], ...given: [never]): unknown {
    count += this.length;
    return find.apply(this, given);
  } as typeof find;
  try {
    act();
  } finally {
    Set.prototype.has = has;
    Array.prototype.includes = includes;
    Array.prototype.find = find;
  }
  return count;
}

test("names are made of equal labels in a few looks each", () => {
  const names = Array.from({ length: 10_000 }, () => "label");
  let made: string[] = [];
  expect(
    asked(() => {
      made = identifiers(names);
    }),
  ).toBeLessThan(6 * names.length);
  expect(new Set(made).size).toBe(names.length);
  expect(made.slice(0, 3)).toEqual(["label", "label_2", "label_3"]);
  expect(identifiers(["a", "a", "a_2", "a", "b c", "b_c", "b c"])).toEqual([
    "a",
    "a_3",
    "a_2",
    "a_4",
    "b_c",
    "b_c_2",
    "b_c_3",
  ]);
});

/** The config of an app whose one function has so many inputs, some of them State. */
function wideApp(count: number): [config: JsonObject, info: JsonObject] {
  const ids = Array.from({ length: count }, (_, index) => index);
  const types = ids.map((id) => (id % 10 ? "textbox" : "state"));
  const parameters = ids
    .filter((id) => id % 10)
    .map((id) => ({
      label: "l",
      parameter_name: `p${id}`,
      parameter_has_default: true,
      parameter_default: null,
      type: { type: "string" },
    }));
  const config = {
    version: "6.0.0",
    protocol: "sse_v3",
    components: ids.map((id) => ({ id, type: types[id] as string, skip_api: types[id] === "state" })),
    dependencies: [{ id: 0, inputs: ids, outputs: ids, api_name: "f" }],
  };
  return [config, { named_endpoints: { "/f": { parameters, returns: [] } } }];
}

test("an app of many inputs is read, described and called in a few looks at each", () => {
  const looksFor = (count: number) => {
    const [config, info] = wideApp(count);
    const { value, looks } = counted({ config, info });
    const asks = asked(() => {
      const schema = readApp(value.config, value.info);
      const [endpoint] = schema.endpoints.values();
      if (!endpoint) throw new Error("no endpoint");
      const api = describeApp(schema).named_endpoints["/f"];
      expect(api?.parameters).toHaveLength(count);
      expect(
        api?.parameters.map(({ component }, index) => (component === "state") === (index % 10 === 0)),
      ).not.toContain(false);
      bind(endpoint, { p1: "x" }, new Routes("http://app/"));
    });
    return looks() + asks;
  };
  expect(looksFor(4000) / looksFor(500)).toBeLessThan(10);
});

test("files are replaced in one walk, however deep they stand", () => {
  const file = { path: "/f", url: null, meta: { _type: "gradio.FileData" } };
  let nested: JsonValue = [...Array(2000).fill([0]), file];
  for (let depth = 0; depth < 200; depth++) nested = [nested];
  const { value, looks } = counted({ nested });
  const made = replaceFiles(value, dialectOf("sse_v3", "6.0.0"), () => "here") as JsonObject;
  expect(JSON.stringify(made)).toContain(',"here"]');
  expect(looks()).toBeLessThan(60_000);
});
