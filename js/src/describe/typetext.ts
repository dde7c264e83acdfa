/** The TypeScript type, as text, that a JSON Schema describes. */

import { oneLine } from "../escapes.ts";
import { asList, asObject, isObject, type JsonObject, type JsonValue } from "../protocol/jsonvalue.ts";

// The budget is that of Python's typehints.py: characters that a text may take. A drop-down of thousands of choices, or
// definitions that multiply each other, are cut here.
export const MAX_LENGTH = 10_000;
const MAX_DEPTH = 24;
// What a schema costs at least: its brackets, null and separator, rounded up.
const NODE_COST = 24;
const MAX_LITERAL = 200;
// No reference is longer, and no more keys are looked at in one place than can be paid for.
const MAX_REFERENCE = 1000;
const MAX_KEYS = MAX_LENGTH / 5;

const PLAIN: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};
// What the properties of a file include: FileData since 4.0 (its meta came with 4.21), the object of 3.x.
const FILE_KEYS = [
  ["path", "meta"],
  ["path", "url", "orig_name"],
  ["name", "data", "is_file"],
];

/** Return the type of a parameter or value; what says nothing, refers to itself or is too large reads `unknown`. */
export function typeOf(schema: JsonObject, component: string, isInput: boolean): string {
  const file = isInput ? "Blob | File | Buffer" : "FileData";
  const text = new Reader(schema, file).text(schema, 0);
  const isMedia = /^(image|audio|video|file)$/i.test(component);
  return text === "unknown" && isMedia ? file : oneLine(text);
}

/** Writes the types of one root schema, within a budget of characters. */
class Reader {
  readonly #root: JsonObject;
  readonly #file: string;
  /** Those that are being read: one that comes up again inside itself is a cycle. */
  readonly #open: Set<JsonObject> = new Set();
  readonly #keys: Map<JsonObject, string[]> = new Map();
  // Kept back: what each open bracket may still write once the budget is spent.
  #left = MAX_LENGTH - 40 * MAX_DEPTH;

  constructor(root: JsonObject, file: string) {
    this.#root = root;
    this.#file = file;
  }

  text(schema: JsonValue | undefined, depth: number): string {
    return union(this.#alternatives(schema, depth));
  }

  /** Take characters from the budget; false once there are not enough left. */
  #spends(characters: number): boolean {
    this.#left = Math.max(-1, this.#left - characters);
    return this.#left >= 0;
  }

  /** Return the members of the union that a schema is; one, mostly. */
  #alternatives(schema: JsonValue | undefined, depth: number): string[] {
    if (!this.#spends(NODE_COST) || depth >= MAX_DEPTH) return ["unknown"];
    if (!isObject(schema) || this.#open.has(schema)) return ["unknown"];
    this.#open.add(schema);
    const found = this.#stated(schema, depth + 1);
    this.#open.delete(schema);
    return schema["nullable"] === true ? [...found, "null"] : found;
  }

  #stated(schema: JsonObject, depth: number): string[] {
    if ("const" in schema) return this.#literals([schema["const"] ?? null]);
    const choices = asList(schema["enum"]);
    if (choices.length) return this.#literals(choices);
    const target = resolve(schema["$ref"], this.#root);
    if (target !== undefined) return this.#alternatives(target, depth);
    const { type } = schema;
    if (type === "array" || "items" in schema || "prefixItems" in schema) return [this.#array(schema, depth)];
    if ("properties" in schema || "additionalProperties" in schema) return [this.#object(schema, depth)];
    const [any, one] = [asList(schema["anyOf"]), asList(schema["oneOf"])];
    if (any.length || one.length) return [...this.#members(any, depth), ...this.#members(one, depth)];
    const all = asList(schema["allOf"]);
    if (all.length === 1) return this.#alternatives(all[0], depth);
    // As many as there are types.
    if (Array.isArray(type)) return type.slice(0, 8).map(plain);
    return [type === "object" ? "Record<string, unknown>" : plain(type)];
  }

  #members(members: JsonValue[], depth: number): string[] {
    const found: string[] = [];
    for (const member of members) {
      found.push(...this.#alternatives(member, depth));
      if (this.#left <= 0) break;
    }
    return found;
  }

  #literals(values: JsonValue[]): string[] {
    const shown: string[] = [];
    for (const value of values) {
      const text = literal(value);
      if (!this.#spends(text.length + 4)) return [...shown, "..."];
      shown.push(text);
    }
    return shown;
  }

  #array(schema: JsonObject, depth: number): string {
    const prefix = asList(schema["prefixItems"]);
    if (!prefix.length) {
      const item = this.text(schema["items"], depth);
      return /^[\w.<>, ]+$/.test(item) ? `${item}[]` : `(${item})[]`;
    }
    const members: string[] = [];
    for (const member of prefix) {
      members.push(this.text(member, depth));
      if (this.#left > 0) continue;
      members.push("...unknown[]");
      break;
    }
    return `[${members.join(", ")}]`;
  }

  #object(schema: JsonObject, depth: number): string {
    const properties = asObject(schema["properties"]);
    if (FILE_KEYS.some((keys) => keys.every((key) => Object.hasOwn(properties, key)))) return this.#file;
    const required = asList(schema["required"]).slice(0, MAX_KEYS);
    const fields: string[] = [];
    for (const name of this.#keysOf(properties)) {
      const text = name.slice(0, MAX_LITERAL);
      const shown = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(text) ? text : JSON.stringify(text);
      if (!this.#spends(shown.length + 4)) {
        fields.push("...");
        break;
      }
      const sign = required.includes(name) ? "" : "?";
      fields.push(`${shown}${sign}: ${this.text(properties[name], depth)}`);
    }
    if (fields.length) return `{ ${fields.join("; ")} }`;
    const others = schema["additionalProperties"];
    return `Record<string, ${isObject(others) ? this.text(others, depth) : "unknown"}>`;
  }

  /** Return the names in an object, which are listed once however often it is read. */
  #keysOf(properties: JsonObject): string[] {
    const keys = this.#keys.get(properties) ?? Object.keys(properties).slice(0, MAX_KEYS);
    this.#keys.set(properties, keys);
    return keys;
  }
}

function plain(type: JsonValue | undefined): string {
  return typeof type === "string" && Object.hasOwn(PLAIN, type) ? (PLAIN[type] as string) : "unknown";
}

function resolve(reference: JsonValue | undefined, root: JsonObject): JsonValue | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#") || reference.length > MAX_REFERENCE)
    return undefined;
  let found: JsonValue | undefined = root;
  for (const key of reference.split("/").slice(1)) {
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

function literal(value: JsonValue): string {
  if (typeof value === "string" && value.length > MAX_LITERAL) return "string";
  return typeof value === "object" && value ? "unknown" : JSON.stringify(value);
}

function union(types: string[]): string {
  return [...new Set(types)].join(" | ") || "unknown";
}
