/** Files that programs give: `handle_file()` and `prepare_files()`. */

import { FileError } from "../errors.ts";
import { isDataUri, mediaType, uriContent } from "../protocol/datauri.ts";
import { blobOf, isBlob, isBytes, LocalFile, readFile } from "../protocol/filedata.ts";
import { baseName, isWindows, pathOf, suffixOf } from "../protocol/filenames.ts";
import { fileName, isUrl } from "../protocol/files.ts";
import { isPrivateAddress } from "../protocol/private-hosts.ts";
import type { BlobLike, FileInput } from "../types.ts";
import { FileData } from "./filedata.ts";

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
