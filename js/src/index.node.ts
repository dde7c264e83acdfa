/** gradlink for Node, Deno and Bun: the same, and files are read and stored by path. */

import { Client as UniversalClient } from "./client/client.ts";
import type { FileData } from "./client/file-input.ts";
import { fileOf } from "./client/file-input.ts";
import { node } from "./platform/files.ts";
import type { BlobLike, ClientOptions, DuplicateOptions, FileInput, LocalFile, Platform } from "./types.ts";

export * from "./exports.ts";

/** A connection to a Gradio app; `Client.connect()` makes it. */
export class Client extends UniversalClient {
  override get platform(): Platform {
    return node;
  }
}

/** Return a file for an argument of a call: a path, a Blob, File, bytes or stream, or an address on the web. */
export function handle_file(source: FileInput): FileData | LocalFile | BlobLike {
  return fileOf(source, true);
}

/** @deprecated Use `Client.connect()`. */
export function client(app_reference: string, options?: ClientOptions): Promise<Client> {
  return Client.connect(app_reference, options);
}

/** @deprecated Use `Client.duplicate()`. */
export function duplicate(app_reference: string, options?: DuplicateOptions): Promise<Client> {
  return Client.duplicate(app_reference, options);
}
