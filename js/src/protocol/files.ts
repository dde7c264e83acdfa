/** Files on the wire: their form, how they are found in values, and where they are fetched. Vectors: files. */

import type { BlobLike } from "../types.ts";
import { contentUri } from "./datauri.ts";
import type { Dialect, FileForm } from "./dialect.ts";
import { contentOf, isFile, META, type Path, unquote } from "./filedata.ts";
import { baseName, typeOfName } from "./filenames.ts";
import { asText, isObject, type JsonObject, type JsonValue } from "./jsonvalue.ts";
import type { Bindable, Payload, Upload } from "./payload.ts";
import { encoded, type Routes, resolve, sameOrigin } from "./routes.ts";

/** Return the form of files for a component, such as "Image". */
export function formOf(component: string, dialect: Dialect): FileForm {
  return /^image$/i.test(component) ? dialect.imageForm : dialect.fileForm;
}

/** Return a file as the server takes it; `content` is its path on the server, or a data URI. */
export function sentFile(form: FileForm, name: string, content: string, type?: string): JsonValue {
  if (form === "file data") {
    return { path: content, orig_name: name, ...(type && { mime_type: type }), meta: { _type: META } };
  }
  if (form === "named") return { name: content, data: null, is_file: true, orig_name: name };
  return form === "inline" ? { name, data: content } : content;
}

// What a runtime takes as arguments of one call.
const CHUNK = 0x8000;

/**
 * Return a file as a data URI.
 *
 * Servers before 3.19 take no uploads, and images stay data URIs until 4.0.
 */
export async function dataUri({ name, blob }: { name: string; blob: BlobLike }): Promise<string> {
  const bytes = await contentOf(blob);
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return `data:${blob.type || typeOfName(name)};base64,${btoa(binary)}`;
}

/** A file in a value: where it stands, and its object. */
export interface FoundFile {
  readonly path: Path;
  readonly data: JsonObject;
}

/** Return the files in `value`, in the order of a walk through it; `dialect` is that of the app. */
export function findFiles(
  value: JsonValue,
  dialect?: Dialect,
  path: Path = [],
  found: FoundFile[] = [],
): FoundFile[] {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item === "object" && item) findFiles(item, dialect, [...path, index], found);
    }
  } else if (isObject(value)) {
    if (isFile(value, dialect)) found.push({ path, data: value });
    else {
      for (const key in value) {
        const item = value[key];
        if (typeof item === "object" && item) findFiles(item, dialect, [...path, key], found);
      }
    }
  }
  return found;
}

/** Return `value` with what `make` returns in place of each file; the rest is shared, `value` itself is not changed. */
export function replaceFiles(
  value: JsonValue,
  dialect: Dialect,
  make: (data: JsonObject) => JsonValue,
): JsonValue {
  if (typeof value !== "object" || !value) return value;
  if (!Array.isArray(value) && isFile(value, dialect)) return make(value);
  let copy: JsonObject | undefined;
  for (const [key, item] of Object.entries(value)) {
    const made = replaceFiles(item, dialect, make);
    if (made === item) continue;
    copy ??= (Array.isArray(value) ? value.slice() : { ...value }) as JsonObject;
    copy[key] = made;
  }
  return copy ?? value;
}

/** Return the values of a call with their files replaced; `plain` tells which of them are JSON without files. */
export function replaceInOutputs(
  values: readonly JsonValue[],
  plain: readonly boolean[],
  dialect: Dialect,
  make: (data: JsonObject) => JsonValue,
): JsonValue[] {
  return values.map((value, index) => (plain[index] ? value : replaceFiles(value, dialect, make)));
}

/**
 * Return where a file of a result is fetched, and whether that is the app's own address.
 *
 * The server's `url` is made of what it believes its root to be, which is wrong behind many proxies: the path behind
 * `file=` is put on the typed URL instead. A url of another kind counts as it is.
 */
export function fileAddress(routes: Routes, data: JsonObject): readonly [url: string, own: boolean] {
  const uri = contentUri(data);
  if (uri) return [uri, false];
  const path = asText(data["path"]) || asText(data["name"]) || "";
  const { url } = data;
  const absolute = typeof url === "string" && url ? resolve(routes.base, url) : undefined;
  if (absolute) {
    const { href, pathname, searchParams } = absolute;
    const own = sameOrigin(href, routes.base);
    const [, proxied] = /\/proxy=([^]*)/.exec(pathname) ?? [];
    // The app has it from another one that is loaded into it, and hands it on.
    if (proxied !== undefined && path)
      return own || unquote(proxied).endsWith(path) ? [`${routes.api}proxy=${proxied}`, true] : [href, false];
    const [, file] = /file=([^]*)/.exec(pathname) ?? [];
    if (file !== undefined) {
      const behind = unquote(file);
      if (!own && behind !== path) return [href, false];
      return [fileRoute(routes, behind) + (searchParams.get("__sign") ? absolute.search : ""), true];
    }
    const [, stream] = /\/stream\/([^]*)/.exec(pathname) ?? [];
    if (stream !== undefined && data["is_stream"])
      return [`${routes.api}stream/${stream}${absolute.search}`, true];
    if (!path || isUrl(path)) return [href, own];
  }
  return isUrl(path) ? [path, sameOrigin(path, routes.base)] : [fileRoute(routes, path), true];
}

/**
 * Return the name that a file of a result should have on disk.
 *
 * The name in the path has the suffix that the app gave it; `orig_name` may be what a user once uploaded.
 */
export function fileName(data: JsonObject): string {
  const url = contentUri(data) ? "" : asText(data["url"]);
  const path = asText(data["path"]) || asText(data["name"]) || url || "";
  const shown = isUrl(path) ? unquote(new URL(path).pathname) : path;
  return baseName(shown) || baseName(asText(data["orig_name"]) ?? "") || "file";
}

/** Tell whether `text` is an address on the web. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

/** Tell whether the content goes into the data itself, and nothing is uploaded. */
export function isInline(upload: Upload, dialect: Dialect): boolean {
  const form = formOf(upload.component, dialect);
  return form === "inline" || form === "data uri";
}

/** What stands for a file: its path on the server or a data URI, and its type if that is known. */
export interface SentContent {
  readonly content: string;
  readonly type?: string | undefined;
  /** What it was sent as, if not under the name that it was given with. */
  readonly name?: string | undefined;
}

/** Return the payload's data with its files: for each upload the server's path, or a data URI if it is inline. */
export function withFiles(
  payload: Payload<Bindable>,
  contents: readonly SentContent[],
  dialect: Dialect,
): JsonValue[] {
  const { data, uploads } = payload;
  for (const [index, { path, component, file }] of uploads.entries()) {
    const { content, type, name = file.name } = contents[index] as SentContent;
    // biome-ignore lint/suspicious/noExplicitAny: the path was made from this very value.
    let place: any = data;
    for (const key of path.slice(0, -1)) place = place[key];
    place[path[path.length - 1] as string] = sentFile(formOf(component, dialect), name, content, type);
  }
  return data;
}

/** Return where the app serves the file that it calls `path`. */
export function fileRoute(routes: Routes, path: string): string {
  // What the encoder of addresses leaves alone and what a path keeps differ.
  const quoted = encoded(path);
  return `${routes.api}file=${quoted.replace(/%2F|%3A|%5C/g, decodeURIComponent).replace(/[!*'()]/g, quote)}`;
}

function quote(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}
