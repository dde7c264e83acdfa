/** Files in values: what counts as one, and those that are still to be sent. */

import type { BlobLike } from "../types.ts";
import { isObject, type JsonObject, type JsonValue } from "./jsonvalue.ts";
import type { AppVersion } from "./version.ts";

export const META = "gradio.FileData";

/** Keys and indexes that lead to a place in a value. */
export type Path = readonly (string | number)[];

/** What a file that is still to be uploaded is read from: a path, content, a stream, or an address. */
export type FileSource = string | BlobLike | object;

/** A file of this machine that is still to be uploaded; it is read when it is sent. */
export class LocalFile {
  declare readonly source: FileSource;
  /** The file name to send. */
  declare readonly name: string;
  /** Its type, if its source does not say. */
  declare readonly type: string | undefined;

  constructor(source: FileSource, name: string, type?: string) {
    Object.assign(this, { source, name, type });
  }
}

/** Tell whether `value` is a file as a server sends it, or holds one: the same walk, without a list of places. */
export function holdsFile(value: JsonValue | undefined, version?: AppVersion): boolean {
  const holds = (item: JsonValue) => holdsFile(item, version);
  if (Array.isArray(value)) return value.some(holds);
  return isObject(value) && (isFile(value, version) || Object.values(value).some(holds));
}

/**
 * Tell whether `value` is a file as an app of `version` sends it, undefined for any version.
 *
 * Since 4.21 it says so itself (`meta`); from 4.0 to 4.20 a file is an object with all fields of one; in 3.x one with
 * `is_file`. What looks like a file of another version is an app's own data.
 */
export function isFile(value: JsonObject, version?: AppVersion): boolean {
  const { path, name, meta } = value;
  if (typeof path === "string" && isMeta(meta) && version?.atLeast(4, 21) !== false) return true;
  if (typeof path === "string" && FIELDS.every((field) => field in value))
    return !version || (version.atLeast(4) && !version.atLeast(4, 21));
  return (
    typeof name === "string" && value["data"] === null && value["is_file"] === true && !version?.atLeast(4)
  );
}

const FIELDS = ["url", "orig_name", "size", "mime_type"];

/** Tell whether `meta` is that of a file. */
export function isMeta(meta: unknown): boolean {
  return isObject(meta as JsonValue) && (meta as JsonObject)["_type"] === META;
}

/** Return `text` with its %-codes read, as it is if they are none. */
export function unquote(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Tell whether `value` is a Blob or File, of this realm or another. */
export function isBlob(value: unknown): value is BlobLike & { readonly name?: string } {
  const { size, arrayBuffer } = (value ?? {}) as Partial<BlobLike>;
  return typeof size === "number" && typeof arrayBuffer === "function";
}

/** Return the file that `value` is, undefined if it is none. Bytes are copied: what becomes of them later is not sent. */
export function readFile(value: object): LocalFile | undefined {
  if (value instanceof LocalFile) return value;
  if (isBlob(value)) return new LocalFile(value, value.name || "blob");
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return new LocalFile(new Blob([value as unknown as ArrayBuffer]), "file");
  }
  if ("getReader" in value || Symbol.asyncIterator in value) return new LocalFile(value, "file");
  const { meta, blob, orig_name, mime_type } = value as Record<string, string | JsonObject | undefined>;
  if (!isMeta(meta) || !isBlob(blob)) return undefined;
  return new LocalFile(blob, `${orig_name || "file"}`, mime_type as string | undefined);
}
