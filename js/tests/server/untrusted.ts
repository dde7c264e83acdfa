// What an untrusted app may say anywhere, and what may come of it: a value or an error of gradlink.

import fc from "fast-check";
import { isGradlinkError } from "../../src/errors.ts";
import type { JsonValue } from "../../src/protocol/jsonvalue.ts";

/** Nested deeper than any function that calls itself can follow. */
const DEEP = 100_000;

/** JSON texts that programs fall over, by what is special about them. */
export const HOSTILE: Readonly<Record<string, string>> = {
  null: "null",
  true: "true",
  number: "-1.5e-7",
  "number of 5,000 digits": "9".repeat(5000),
  "number beyond all": "1e999",
  text: '"text"',
  "text of 5,000 digits": `"${"7".repeat(5000)}"`,
  "half letters": '"a\\ud800\\udfffb\\udc00"',
  "control characters": '"\\u001b[2J\\u0000\\u009b\\u202e\\u2028"',
  list: "[]",
  "list of everything": '[null, true, 0, "", [], {}, [[null]], {"a": [{}]}]',
  object: "{}",
  "names of the language":
    '{"__proto__": {"polluted": true, "toString": 1}, "constructor": {"prototype": {"polluted": true}}, "toString": 1, "valueOf": 1, "toJSON": 1, "then": 1, "length": -1, "id": {"toString": 1}}',
  "a name of the language": '"__proto__"',
  "deep list": "[".repeat(DEEP) + "]".repeat(DEEP),
  "deep object": `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`,
  "as deep as it may be": `${'[{"a":'.repeat(240)}1${"}]".repeat(240)}`,
};

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "getReader",
  "arrayBuffer",
  "blob",
  "mime_type",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "length",
  "path",
  "url",
  "meta",
  "_type",
  "name",
  "is_file",
  "orig_name",
  "size",
  "type",
  "enum",
  "$ref",
  "items",
  "properties",
  "anyOf",
  "allOf",
  "",
  "0",
];

/** Any JSON value, as a server may say it. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ any: JsonValue }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, false, 0, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 60, "", "#"),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom<JsonValue>("data:,%zz", "data:;base64,@\ud800", "http://app/gradio_api/file=%ff"),
    fc.constantFrom<JsonValue>("\ud800", "__proto__", "constructor", "gradio.FileData", "append", "state"),
    fc.array(tie("any"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 4 })), tie("any")), {
        maxLength: 5,
      })
      .map(
        // As JSON.parse makes them: "__proto__" is a key like any other.
        (pairs) => Object.fromEntries(pairs) as JsonValue,
      ),
  ),
})).any;

/** Return what `act` gives, or the error of gradlink that it throws; throws any other one. */
export function valueOrError<T>(act: () => T): T | Error {
  try {
    return act();
  } catch (error) {
    if (isGradlinkError(error)) return error;
    throw error;
  }
}

/** Tell whether something was written into what all objects share. */
export function isPolluted(): boolean {
  return "polluted" in {} || "polluted" in Function.prototype || "polluted" in Array.prototype;
}
