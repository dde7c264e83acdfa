// TypeScript's words for JSON Schemas.

import { expect, test } from "vitest";
import { typeOf } from "../../src/describe/typetext.ts";
import type { JsonObject } from "../../src/protocol/jsonvalue.ts";

const FILE = { properties: { path: { type: "string" }, url: {}, orig_name: {}, meta: {} }, type: "object" };

test.each<[JsonObject, string]>([
  [{ type: "string" }, "string"],
  [{ type: "integer" }, "number"],
  [{ enum: ["a", 1, null] }, '"a" | 1 | null'],
  [{ type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } }, "(string | null)[]"],
  [{ prefixItems: [{ type: "number" }, { type: "string" }], type: "array" }, "[number, string]"],
  [
    { type: "object", properties: { a: { type: "number" }, "b-c": {} }, required: ["a"] },
    '{ a: number; "b-c"?: unknown }',
  ],
  [{ type: "object", additionalProperties: { type: "number" } }, "Record<string, number>"],
  [{ $defs: { F: FILE }, $ref: "#/$defs/F" }, "Blob | File | Buffer"],
  [{ $ref: "#" }, "unknown"],
  [{}, "unknown"],
])("%j", (schema, text) => {
  expect(typeOf(schema, "", true)).toBe(text);
});

test("a file of a result, and a component that only holds files", () => {
  expect(typeOf(FILE as JsonObject, "File", false)).toBe("FileData");
  expect(typeOf({}, "Image", true)).toBe("Blob | File | Buffer");
});
