/** JSON values: their type, and the one way in which gradlink reads them. */

import { ProtocolError } from "../errors.ts";

export type JsonValue = boolean | number | string | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Deeper than any app's values, shallower than what makes a stack overflow. */
export const MAX_DEPTH = 200;

/**
 * Return the value that `text` stands for; `what` names its origin in the error.
 *
 * @throws ProtocolError if it is not JSON.
 */
export function decode(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new ProtocolError(`${what} is not JSON: ${JSON.stringify(text.slice(0, 200))}`, { cause });
  }
}

/**
 * Return `text` with an `app_id` that is a number made a string.
 *
 * It is a random integer of 64 bits: as a number it would be rounded, and compare wrongly.
 */
export function keepAppId(text: string): string {
  // Inside of a JSON string its quotes would be escaped, so only a key can match.
  return text.replace(/("app_id"\s*:\s*)(-?\d+)/g, '$1"$2"');
}

/** Tell whether `value` is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Return `value` if it is a JSON object, otherwise an empty one. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Return `value` if it is a JSON array, otherwise an empty one. */
export function asList(value: unknown): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Return `value` if it is a string, otherwise undefined. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Return `value` if it is a number, otherwise undefined. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Return `value` if it is a whole number, otherwise undefined. */
export function asInt(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined;
}

/** Return `items` joined by commas, with the rest counted beyond twelve. */
export function shortened(items: readonly string[]): string {
  const rest = items.length - 12;
  return items.slice(0, 12).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Return what the language calls an object, in whichever realm it was made: "Map", "ArrayBuffer", "FileList". */
export function tagOf(item: object): string {
  return Object.prototype.toString.call(item).slice(8, -1);
}
