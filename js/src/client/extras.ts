/** What few programs ask of a client: uploads by hand, functions of components. */

import { FileError, GradlinkError } from "../errors.ts";
import { isBlob } from "../protocol/filedata.ts";
import { baseName, fileRoute } from "../protocol/files.ts";
import { decode, type JsonValue } from "../protocol/jsonvalue.ts";
import { replyJson } from "../protocol/replies.ts";
import type { BlobLike, UploadResponse } from "../types.ts";
import type { Connection } from "./connection.ts";
import { FileData } from "./filedata.ts";
import { checkSize, type OpenFile, sendFiles } from "./files.ts";

export { compare, refresh } from "./restart.ts";

function send(connection: Connection, files: OpenFile[], upload_id?: string): Promise<string[]> {
  return sendFiles(connection, files, { retries: connection.retries, upload_id });
}

/** Send files to the app; an answer that is an error is returned as text, as ever. */
export async function uploadBlobs(
  connection: Connection,
  files: readonly BlobLike[],
  upload_id?: string,
): Promise<UploadResponse> {
  const named = files.map((blob) => ({
    blob,
    name: (blob as { name?: string }).name || "blob",
    type: blob.type,
  }));
  try {
    return { files: await send(connection, named, upload_id) };
  } catch (error) {
    if (!(error instanceof GradlinkError) || error.status === undefined) throw error;
    return { error: `HTTP ${error.status}: ${error.serverText}` };
  }
}

/** Send the files that `prepare_files()` made; return what to put into arguments. */
export async function uploadPrepared(
  connection: Connection,
  files: readonly FileData[],
  upload_id?: string,
  max_file_size?: number | null,
): Promise<FileData[]> {
  const opened = files.map((file): OpenFile => {
    const { blob, path, orig_name } = file as { blob?: unknown; path: string; orig_name?: string };
    if (!isBlob(blob)) throw new FileError(`the file ${JSON.stringify(path)} has no content to send`);
    const name = orig_name || baseName(path) || "blob";
    checkSize(blob, name, max_file_size ?? connection.schema.maxFileSize);
    return { blob, name, type: blob.type };
  });
  const paths = await send(connection, opened, upload_id);
  return files.map((file, index) => {
    const path = paths[index] as string;
    return new FileData({ ...file, path, url: connection.signed(fileRoute(connection.routes, path)) });
  });
}

/** Call a function of a component itself. */
export async function callComponent(
  { http, routes, session }: Connection,
  component_id: number,
  fn_name: string,
  data: unknown,
): Promise<JsonValue> {
  const names = { component_id, fn_name, session_hash: session.session_hash };
  const { binary, data: parts } = (data ?? {}) as { binary?: unknown; data?: Record<string, Blob | string> };
  const form = binary === undefined ? undefined : new FormData();
  for (const [name, value] of Object.entries({ ...parts, ...names })) form?.append(name, value as string);
  const body = form ?? { data, ...names };
  const reply = await http.exchange(`${routes.api}component_server/`, { method: "POST", body });
  return replyJson(reply, `the component's function ${fn_name}`);
}

/** Send JSON to the app; return the answer and its status. */
export async function postData(
  { http }: Connection,
  url: string,
  body: object,
  headers?: Record<string, string>,
): Promise<[JsonValue, number]> {
  const reply = await http.exchange(url, { method: "POST", body, headers });
  return [decode(reply.body, "the answer"), reply.status];
}
