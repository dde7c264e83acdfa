/** gradlink for every runtime: calls Gradio apps. */

import { Client } from "./client/client.ts";
import type { FileData } from "./client/file-input.ts";
import { fileOf } from "./client/file-input.ts";
import type { BlobLike, ClientOptions, DuplicateOptions, FileInput, LocalFile } from "./types.ts";

export * from "./exports.ts";
export { Client };

/** Return a file for an argument of a call: a Blob, File, bytes or stream, or an address on the web. */
export function handle_file(source: FileInput): FileData | LocalFile | BlobLike {
  return fileOf(source, false);
}

/** @deprecated Use `Client.connect()`. */
export function client(app_reference: string, options?: ClientOptions): Promise<Client> {
  return Client.connect(app_reference, options);
}

/** @deprecated Use `Client.duplicate()`. */
export function duplicate(app_reference: string, options?: DuplicateOptions): Promise<Client> {
  return Client.duplicate(app_reference, options);
}
