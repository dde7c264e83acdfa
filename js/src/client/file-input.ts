/** Files in values: `FileData`, and those that programs give with `handle_file()` and `prepare_files()`. */

import { FileError } from "../errors.ts";
import { isDataUri, mediaType, uriContent } from "../protocol/datauri.ts";
import { blobOf, isBlob, isBytes, LocalFile, META, readFile } from "../protocol/filedata.ts";
import { baseName, isWindows, pathOf, suffixOf } from "../protocol/filenames.ts";
import { fileName, isUrl } from "../protocol/files.ts";
import { isObject } from "../protocol/jsonvalue.ts";
import { isPrivateAddress } from "../protocol/private-hosts.ts";
import type { BlobLike, FetchBlob, FileInput } from "../types.ts";

/** What a file is made of; see `FileData`. */
export interface FileDataFields {
  path: string;
  url?: string | null | undefined;
  orig_name?: string | null | undefined;
  size?: number | null | undefined;
  blob?: FetchBlob | BlobLike | undefined;
  is_stream?: boolean | null | undefined;
  mime_type?: string | null | undefined;
  alt_text?: string | null | undefined;
  b64?: string | null | undefined;
}

/**
 * A file in a value: plain data with Gradio's keys, so that it can be copied, stored and sent like any other.
 *
 * `client.read(file)` reads a file of a result. The class has no objects of its own: `new FileData()` makes a plain one,
 * and `instanceof FileData` looks at the keys, so that a copy, a proxy or a file of another client's result is one too.
 */
export class FileData {
  /** The file's name on the server, or its address elsewhere. */
  declare path: string;
  /** Where it can be fetched. */
  declare url?: string;
  /** Its name for people. */
  declare orig_name?: string;
  declare size?: number;
  /** The content of a file that is to be sent. */
  declare blob?: FetchBlob | BlobLike;
  declare mime_type?: string;
  declare is_stream?: boolean;
  declare alt_text?: string;
  declare b64?: string;
  declare readonly meta: { _type: string };

  constructor(fields: FileDataFields) {
    const { url, blob, ...rest } = fields;
    // A file that has an address is not sent once more.
    const plain = { ...rest, ...(url ? { url } : blob ? { blob } : {}), meta: { _type: META } };
    // biome-ignore lint/correctness/noConstructorReturn: frameworks send plain objects only from server to page.
    return plain as FileData;
  }

  static [Symbol.hasInstance](value: unknown): value is FileData {
    return isObject(value) && isObject(value["meta"]) && value["meta"]["_type"] === META;
  }
}

/**
 * Return a file for an argument.
 *
 * An address on the web is fetched by the server. Where `allowsPaths`, any other string is a path of this machine.
 */
export function fileOf(source: FileInput, allowsPaths: boolean): FileData | LocalFile | BlobLike {
  if (isBlob(source)) return source;
  if (typeof source === "object" && source && isBytes(source)) return blobOf(source);
  const text = typeof source === "string" ? source : addressOf(source);
  if (typeof text === "string") {
    if (isUrl(text)) {
      const name = fileName({ path: text });
      // Servers refuse to fetch from such an address, and could not reach the caller's own.
      if (isPrivateAddress(text)) return new LocalFile(new URL(text), name, undefined, true);
      return new FileData({ path: text, url: text, orig_name: name });
    }
    if (isDataUri(text)) return inlineFile(text);
    if (allowsPaths && /^file:/i.test(text)) {
      const path = pathOf(text, isWindows());
      return new LocalFile(path, baseName(path));
    }
    if (allowsPaths) return new LocalFile(text, baseName(text));
    throw new FileError(
      `${JSON.stringify(text.slice(0, 200))} is not an address; files can be read by path in Node, Deno and Bun only`,
    );
  }
  const found = typeof source === "object" && source ? readFile(source) : undefined;
  if (found) return found;
  throw new FileError("a file is a Blob, File, bytes, a stream, an address, or in Node a path");
}

/** Return the address that a `URL` is, of this realm or another; JSON of an app may have its names, but no functions. */
function addressOf(source: unknown): string | undefined {
  const { href, toJSON } = (source ?? {}) as { href?: unknown; toJSON?: unknown };
  return typeof href === "string" && typeof toJSON === "function" ? href : undefined;
}

/** Return the file that a data URI holds. */
function inlineFile(uri: string): LocalFile {
  const type = mediaType(uri);
  try {
    return new LocalFile(new Blob([uriContent(uri) as BlobPart], { type }), `file${suffixOf(type)}`, type);
  } catch (cause) {
    throw new FileError(`${JSON.stringify(uri.slice(0, 60))}... is a broken data URI`, { cause });
  }
}

/** Return files that a user chose as FileData, ready for `client.upload()`. */
export async function prepare_files(
  files: readonly (BlobLike & { readonly name: string })[],
  is_stream?: boolean,
): Promise<FileData[]> {
  return files.map(
    (blob) =>
      new FileData({
        path: blob.name,
        orig_name: blob.name,
        blob,
        size: blob.size,
        mime_type: blob.type,
        is_stream,
      }),
  );
}
