/** Files in values: what counts as one, and those that are still to be sent. */

import type { BlobLike } from "../types.ts";
import { contentUri, mediaType, uriContent } from "./datauri.ts";
import type { Dialect } from "./dialect.ts";
import { baseName } from "./filenames.ts";
import { asText, isObject, type JsonObject, type JsonValue, tagOf } from "./jsonvalue.ts";

export const META = "gradio.FileData";

/** Keys and indexes that lead to a place in a value. */
export type Path = readonly (string | number)[];

/** What a file that is still to be uploaded is read from: a path, content, a stream, or an address. */
export type FileSource = string | BlobLike | object;

// The same in every copy of gradlink that is loaded, and nothing that comes out of JSON has it.
const LOCAL = Symbol.for("gradlink.LocalFile");

/** A file of this machine that is still to be uploaded; it is read when it is sent. */
export class LocalFile {
  readonly source: FileSource;
  /** The file name to send. */
  readonly name: string;
  /** Its type, if its source does not say. */
  readonly type: string | undefined;
  /** Its source is an address that the program itself wrote, and that is fetched; nothing of an app ever is. */
  readonly isAddress: boolean;

  constructor(source: FileSource, name: string, type?: string, isAddress = false) {
    this.source = source;
    this.name = name;
    this.type = type;
    this.isAddress = isAddress;
    Object.assign(this, { [LOCAL]: true });
  }
}

/** Tell whether `value` is a file as a server sends it, or holds one: the same walk, without a list of places. */
export function holdsFile(value: JsonValue | undefined, dialect?: Dialect): boolean {
  const holds = (item: JsonValue) => holdsFile(item, dialect);
  if (Array.isArray(value)) return value.some(holds);
  return isObject(value) && (isFile(value, dialect) || Object.values(value).some(holds));
}

/**
 * Tell whether `value` is a file as an app of `dialect` sends it, undefined for any.
 *
 * What looks like a file of another version is an app's own data.
 */
export function isFile(value: JsonObject, dialect?: Dialect): boolean {
  const { path, url, name, meta } = value;
  const mark = dialect?.fileMark;
  const placed = typeof path === "string" || (typeof url === "string" && url !== "");
  if (placed && isMeta(meta) && (mark ?? "meta") === "meta") return true;
  if (typeof path === "string" && FIELDS.every((field) => field in value))
    return (mark ?? "fields") === "fields";
  return (
    typeof name === "string" &&
    value["data"] === null &&
    value["is_file"] === true &&
    (mark ?? "is_file") === "is_file"
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

/** Tell whether `value` is a Blob or File that can be read here, of this realm or another. */
export function isBlob(value: unknown): value is BlobLike & { readonly name?: string } {
  try {
    const { size, arrayBuffer } = (value ?? {}) as Partial<BlobLike>;
    // An answer of node-fetch has a size as well.
    if (typeof size !== "number" || "bodyUsed" in (value as object)) return false;
    if (typeof arrayBuffer === "function") return true;
    // jsdom's have nothing of their own to read them by.
    return /^(Blob|File)$/.test(tagOf(value as object)) && typeof FileReader === "function";
  } catch {
    // A Proxy around one: it answers to nobody but itself.
    return false;
  }
}

/** Return the content of a Blob, of whichever package it is. */
export async function contentOf(blob: BlobLike): Promise<Uint8Array> {
  if (typeof blob.arrayBuffer === "function") return new Uint8Array(await blob.arrayBuffer());
  return await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob as Blob);
  });
}

/** Tell whether `value` is bytes: a buffer, of this realm or another, or a view of one. */
export function isBytes(value: object): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || /^(Shared)?ArrayBuffer$/.test(tagOf(value));
}

/** Tell whether `value` is an array of numbers that are more than bytes: nobody can know what its bytes mean. */
export function isNumbers(value: object): boolean {
  return ArrayBuffer.isView(value) && !/^(Uint8|Uint8Clamped)Array$|^DataView$/.test(tagOf(value));
}

/** Return a Blob with a copy of these bytes; a shared buffer is none that a Blob takes. */
export function blobOf(bytes: ArrayBuffer | ArrayBufferView): BlobLike {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  return new Blob([/^Shared/.test(tagOf(view.buffer)) ? view.slice() : view] as BlobPart[]);
}

/** Tell whether `value` is a stream; JSON of an app may have the names, but no functions. */
function isStream(value: object): boolean {
  const { getReader, [Symbol.asyncIterator]: iterate } = value as Record<string | symbol, unknown>;
  return typeof getReader === "function" || typeof iterate === "function";
}

/** Tell whether `value` is a file to be sent, of whichever copy of gradlink. */
function isLocalFile(value: object): value is LocalFile {
  return LOCAL in value;
}

/** Return the file that `value` is, undefined if it is none. Bytes are copied: what becomes of them later is not sent. */
export function readFile(value: object): LocalFile | undefined {
  if (isLocalFile(value)) return value;
  if (isBlob(value)) return new LocalFile(value, value.name || "blob");
  if (isBytes(value)) return new LocalFile(blobOf(value), "file");
  if (isStream(value)) {
    // One of Node that reads a file knows which.
    const { path } = value as { path?: unknown };
    const isPath = typeof path === "string" || (typeof path === "object" && path && isBytes(path));
    return new LocalFile(value, (isPath && baseName(`${path}`)) || "file");
  }
  const { meta, blob, orig_name, mime_type } = value as Record<string, unknown>;
  if (!isMeta(meta) || !isBlob(blob)) return undefined;
  return new LocalFile(blob, asText(orig_name) || "file", asText(mime_type));
}

/** Return the file of a result that came with its content, to be sent; undefined if `value` is none. */
export function carriedFile(value: JsonObject): LocalFile | undefined {
  const uri = isMeta(value["meta"]) ? contentUri(value) : undefined;
  if (!uri) return undefined;
  return new LocalFile(
    new Blob([uriContent(uri) as BlobPart]),
    asText(value["orig_name"]) || "file",
    mediaType(uri),
  );
}
