/** What all entries export. */

import type { Client } from "./client/client.ts";
import type { FileData } from "./client/file-input.ts";
import { part } from "./client/parts.ts";
import type {
  BlobLike,
  CallOptions,
  ClientOptions,
  PredictReturn,
  Quota,
  SubmitIterable,
  UploadResponse,
} from "./types.ts";

export type { RemoteFile } from "./client/downloads.ts";
export { FileData, type FileDataFields, prepare_files } from "./client/file-input.ts";
export { MISSING_CREDENTIALS_MSG } from "./client/login.ts";
export * from "./errors.ts";
export * from "./hub/errors.ts";
export type { Retries, Timeout } from "./protocol/policy.ts";
export type * from "./types.ts";

/** The part of a client that programs pass around. */
export type client_return = Pick<Client, "config" | "predict" | "submit" | "component_server" | "view_api">;

type Arguments = readonly unknown[] | object;

/** `client.predict`, with the client as `this`. */
export function predict<T = unknown[]>(
  this: Client,
  endpoint: string | number,
  data?: Arguments,
  event_data?: unknown,
  options?: CallOptions,
): Promise<PredictReturn<T>> {
  return this.predict<T>(endpoint, data, event_data, options);
}

/** `client.submit`, with the client as `this`. */
export function submit<T = unknown[]>(
  this: Client,
  endpoint: string | number,
  data?: Arguments,
  event_data?: unknown,
  trigger_id?: number | null | CallOptions,
  all_events?: boolean,
  additional_headers?: Record<string, string>,
): SubmitIterable<T> {
  return this.submit<T>(endpoint, data, event_data, trigger_id, all_events, additional_headers);
}

/** `client.upload`, with the client as `this`. */
export function upload(
  this: Client,
  file_data: readonly FileData[],
  root_url?: string,
  upload_id?: string,
  max_file_size?: number | null,
): Promise<(FileData | null)[] | null> {
  return this.upload(file_data, root_url, upload_id, max_file_size);
}

/** `client.upload_files`, with the client as `this`. */
export function upload_files(
  this: Client,
  root_url: string,
  files: readonly BlobLike[],
  upload_id?: string,
): Promise<UploadResponse> {
  return this.upload_files(root_url, files, upload_id);
}

/** Return the ZeroGPU quota of the token's account, as the Hub knows it. */
export async function quota(options: ClientOptions = {}): Promise<Quota> {
  return await (await part(import("./hub/zerogpu.ts"), "quota()")).quotaOf(options);
}
