/**
 * Plain copies of the values that programs give.
 *
 * What a value is shows in what it can do, not in its class: objects of another realm or package are as good as our own.
 * What JSON would turn into `{}` without a word is refused with its name.
 */

import { ArgumentError, type ErrorFacts } from "../errors.ts";
import type { Path } from "./filedata.ts";
import { type JsonObject, type JsonValue, MAX_DEPTH, setOwn, tagOf } from "./jsonvalue.ts";

/** Takes an object that is more than its JSON, such as a file; returns undefined for any other one. */
export type Taker = (item: object, path: Path) => JsonValue | undefined;

/**
 * Return a copy of `value` that is JSON; `place` names it in errors.
 *
 * @throws ArgumentError for what JSON cannot hold, or holds without its content.
 */
export function plainCopy(value: unknown, place: string, take?: Taker, start: Path = []): JsonValue {
  const above: object[] = [];
  return copy(value, start);

  function wrong(what: string, facts?: ErrorFacts): ArgumentError {
    return new ArgumentError(`${place} ${what}`, facts);
  }

  function copy(item: unknown, path: Path): JsonValue {
    if (path.length > MAX_DEPTH) throw wrong("is nested too deep");
    if (isPrimitive(item)) return item;
    if (typeof item !== "object" || !item) throw wrong(`holds a ${typeof item}, no JSON, no file`);
    if (above.includes(item)) throw wrong(`holds ${named(item)} that is inside of itself`);
    const taken = take?.(item, path);
    if (taken !== undefined) return taken;
    above.push(item);
    const made = Array.isArray(item)
      ? Array.from(item, (part, index) => copy(part ?? null, [...path, index]))
      : copyObject(item as Record<string, unknown>, path);
    above.pop();
    return made;
  }

  function copyObject(item: Record<string, unknown>, path: Path): JsonValue {
    if (typeof item["toJSON"] === "function") return copy(ownJson(item), path);
    if (/^(Boolean|Number|String)$/.test(tagOf(item))) return item.valueOf() as JsonValue;
    const instead = insteadOf(item);
    if (instead) throw wrong(`holds ${named(item)}, which JSON cannot hold: ${instead}`);
    const result: JsonObject = {};
    for (const key of Object.keys(item)) {
      // As JSON.stringify does.
      if (item[key] === undefined) continue;
      setOwn(result, key, copy(item[key], [...path, key]));
    }
    return result;
  }

  /** Return what an object makes of itself. */
  function ownJson(item: object): unknown {
    let text: string | undefined;
    try {
      text = JSON.stringify(item);
    } catch (cause) {
      throw wrong(`holds ${named(item)} that cannot be written as JSON: ${cause}`, { cause });
    }
    if (text === undefined) throw wrong(`holds ${named(item)} that writes itself as nothing`);
    return JSON.parse(text);
  }
}

/** Tell whether `value` is JSON that holds nothing. */
export function isPrimitive(value: unknown): value is null | boolean | number | string {
  return (
    value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
  );
}

/** Return an object's class for messages. */
export function named(item: object): string {
  const tag = tagOf(item);
  const made: unknown = (item as { constructor?: { name?: unknown } }).constructor?.name;
  const name = tag === "Object" && typeof made === "string" && made ? made : tag;
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** Return what would work instead of an object whose JSON lacks its content; undefined if it has all. */
export function insteadOf(object: object): string | undefined {
  const item = object as Record<string, unknown>;
  const [tag, keys] = [tagOf(item), Object.keys(item)];
  if (/^(Blob|File)$/.test(tag))
    return "its content cannot be read, is it inside of a Proxy? give the file itself";
  if (tag === "Error" || tag === "DOMException") return "give its message";
  if (typeof item["then"] === "function") return "await it first";
  if ("bodyUsed" in item) return "give its content: await it.blob()";
  if (item["__v_isRef"] === true) return "give the ref's value";
  if (typeof item["nodeType"] === "number") {
    return typeof item["toBlob"] === "function"
      ? "give a Blob of it: await new Promise((resolve) => canvas.toBlob(resolve))"
      : "give its text or its value";
  }
  // Those that have keys of their own as well are objects that happen to be iterable.
  if (Symbol.iterator in item && (!keys.length || keys[0] === "0")) {
    if (tag === "FileList") return "give Array.from(list), with or without .map(handle_file)";
    if (/^(Map|FormData|Headers|URLSearchParams)$/.test(tag)) return "give Object.fromEntries(it)";
    if (/Array$/.test(tag)) {
      return "give Array.from(it) for its numbers, or handle_file(it) for its bytes as a file";
    }
    return "give Array.from(it)";
  }
  if (keys.length || isPlainObject(item)) return undefined;
  if (/^(Image|Video|Offscreen|Audio)/.test(tag)) return "give a Blob of it, such as canvas.toBlob() makes";
  return "give an object with its values";
}

/** Tell whether an object was made by `{}`, in whichever realm, or without a prototype. */
function isPlainObject(item: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(item);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
