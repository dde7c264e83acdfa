/** JSON values: their type, and the one way in which gradlink reads them. */

import { ProtocolError } from "../errors.ts";

export type JsonValue = boolean | number | string | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Deeper than any app's values, shallower than what makes a stack overflow. */
export const MAX_DEPTH = 200;

/**
 * How deep what a server says may be nested.
 *
 * A value is walked through by functions that call themselves, and edits may put a value of this depth at the end of a
 * path of this length: twice as deep is still far from the end of a stack.
 */
export const MAX_NESTING = 500;

/**
 * Return the value that `text` stands for; `what` names its origin in the error.
 *
 * @throws ProtocolError if it is not JSON, or nested deeper than `MAX_NESTING`.
 */
export function decode(text: string, what: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // The runtime's own error repeats the text as it came, control characters included.
    throw new ProtocolError(`${what} is not JSON: ${JSON.stringify(text.slice(0, 200))}`);
  }
  // Each level takes two brackets: a short text cannot be deep.
  if (text.length > 2 * MAX_NESTING && isDeeper(value, MAX_NESTING))
    throw new ProtocolError(`${what} is nested more than ${MAX_NESTING} deep`);
  return value;
}

/** Tell whether `value` holds more than `levels` lists and objects within each other. */
export function isDeeper(value: JsonValue | undefined, levels: number): boolean {
  if (typeof value !== "object" || !value) return false;
  if (!levels) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof item === "object" && isDeeper(item, levels - 1)) return true;
  }
  return false;
}

/** Give `target` a property of its own: assigning to "__proto__" would change the prototype instead. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key !== "__proto__") (target as Record<string, unknown>)[key] = value;
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
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
