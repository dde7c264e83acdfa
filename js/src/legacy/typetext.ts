/** The TypeScript type, as text, that a JSON Schema describes. */

import { asList, asObject, isObject, type JsonObject, type JsonValue } from "../protocol/jsonvalue.ts";

const MAX_DEPTH = 12;
const MAX_LENGTH = 2000;
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
  const text = read(schema, { root: schema, file, open: new Set() });
  const isMedia = /^(image|audio|video|file)$/i.test(component);
  if (text === "unknown" && isMedia) return file;
  return text.length > MAX_LENGTH ? "unknown" : text;
}

interface Reading {
  readonly root: JsonObject;
  readonly file: string;
  readonly open: Set<JsonObject>;
}

function read(given: JsonValue | undefined, reading: Reading): string {
  const { open } = reading;
  if (!isObject(given) || open.has(given) || open.size > MAX_DEPTH) return "unknown";
  open.add(given);
  const text = stated(given, reading);
  open.delete(given);
  return given["nullable"] === true ? union([text, "null"]) : text;
}

function stated(schema: JsonObject, reading: Reading): string {
  if ("const" in schema) return literal(schema["const"] ?? null);
  const choices = asList(schema["enum"]);
  if (choices.length) return union(choices.map(literal));
  const target = resolve(schema["$ref"], reading.root);
  if (target !== undefined) return read(target, reading);
  const { type } = schema;
  if (type === "array" || "items" in schema || "prefixItems" in schema) return arrayType(schema, reading);
  if ("properties" in schema || "additionalProperties" in schema) return objectType(schema, reading);
  const members = [...asList(schema["anyOf"]), ...asList(schema["oneOf"])];
  if (members.length) return union(members.map((member) => read(member, reading)));
  const all = asList(schema["allOf"]);
  if (all.length === 1) return read(all[0], reading);
  if (Array.isArray(type)) return union(type.map((kind) => plain(kind)));
  if (type === "object") return "Record<string, unknown>";
  return plain(type);
}

function plain(type: JsonValue | undefined): string {
  return typeof type === "string" && Object.hasOwn(PLAIN, type) ? (PLAIN[type] as string) : "unknown";
}

function arrayType(schema: JsonObject, reading: Reading): string {
  const prefix = asList(schema["prefixItems"]);
  if (prefix.length) return `[${prefix.map((item) => read(item, reading)).join(", ")}]`;
  const item = read(schema["items"], reading);
  return /^[\w.<>, ]+$/.test(item) ? `${item}[]` : `(${item})[]`;
}

function objectType(schema: JsonObject, reading: Reading): string {
  const properties = asObject(schema["properties"]);
  if (FILE_KEYS.some((keys) => keys.every((key) => key in properties))) return reading.file;
  const required = asList(schema["required"]);
  const fields = Object.entries(properties).map(([name, member]) => {
    const shown = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
    return `${shown}${required.includes(name) ? "" : "?"}: ${read(member, reading)}`;
  });
  if (fields.length) return `{ ${fields.join("; ")} }`;
  const others = schema["additionalProperties"];
  return `Record<string, ${isObject(others) ? read(others, reading) : "unknown"}>`;
}

function resolve(reference: JsonValue | undefined, root: JsonObject): JsonValue | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  let found: JsonValue | undefined = root;
  for (const key of reference.split("/").slice(1)) {
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

function literal(value: JsonValue): string {
  return typeof value === "object" && value ? "unknown" : JSON.stringify(value);
}

function union(types: string[]): string {
  return [...new Set(types)].join(" | ") || "unknown";
}
