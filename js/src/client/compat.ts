/** Members of `@gradio/client` that its own page and custom components use. */

import { FileError, GradlinkError } from "../errors.ts";
import { isBlob } from "../protocol/filedata.ts";
import { baseName } from "../protocol/filenames.ts";
import { fileRoute } from "../protocol/files.ts";
import { decode, type JsonValue } from "../protocol/jsonvalue.ts";
import { decodeMessage } from "../protocol/messages.ts";
import { type Bindable, bind } from "../protocol/payload.ts";
import { plainCopy } from "../protocol/plain.ts";
import { replyJson } from "../protocol/replies.ts";
import type { Parameter } from "../protocol/schema.ts";
import type { BlobLike, EndpointInfo, UploadResponse } from "../types.ts";
import type { Connection } from "./connection.ts";
import { FileData } from "./file-input.ts";
import { type Field, form } from "./multipart.ts";
import { checkSize, type OpenFile, sendFiles, sendFilesIn } from "./uploads.ts";

function send(connection: Connection, files: OpenFile[], upload_id?: string): Promise<string[]> {
  return sendFiles(connection, files, { retries: connection.retries, upload_id });
}

/** Send files to the app; an answer that is an error is returned as text, as ever. */
export async function upload_files(
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
export async function upload(
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

/** Send the files in these arguments; return the arguments with the app's names of them in their place. */
export async function handle_blob(
  connection: Connection,
  data: readonly unknown[],
  info?: EndpointInfo,
): Promise<JsonValue[]> {
  const { routes, retries } = connection;
  const parameters = data.map((_, slot): Parameter => {
    const { parameter_name, component = "" } = info?.parameters[slot] ?? {};
    const name = parameter_name ?? `value ${slot}`;
    return { name, label: name, component, hasDefault: true, default: null, slot, plain: false, many: false };
  });
  // Nothing is called: only the places of the files count.
  const endpoint: Bindable = { title: "handle_blob", parameters, inputCount: data.length, callable: true };
  const call = bind(endpoint, data, routes);
  return await sendFilesIn(connection, call, { retries });
}

/** Call a function of a component itself. */
export async function component_server(
  { http, routes, engine }: Connection,
  component_id: number,
  fn_name: string,
  data: unknown,
): Promise<JsonValue> {
  const names = { component_id, fn_name, session_hash: engine.session_hash };
  const { binary, data: parts } = (data ?? {}) as { binary?: unknown; data?: Record<string, unknown> };
  const sent =
    binary === undefined
      ? { body: { data: plainCopy(data ?? null, `the component's function ${fn_name}: data`), ...names } }
      : await form(Object.entries({ ...parts, ...names }).map(field));
  const reply = await http.exchange(`${routes.api}component_server/`, { method: "POST", ...sent });
  return replyJson(reply, `the component's function ${fn_name}`);
}

function field([name, value]: [string, unknown]): Field {
  return isBlob(value) ? [name, value, value.name || "blob"] : [name, `${value}`];
}

/** Send JSON to the app; return the answer and its status. */
export async function post_data(
  { http }: Connection,
  url: string,
  body: object,
  headers?: Record<string, string>,
): Promise<[JsonValue, number]> {
  const json = plainCopy(body, "the body of post_data()");
  const reply = await http.exchange(url, { method: "POST", body: json, headers });
  return [decode(reply.body, "the answer"), reply.status];
}

/** Take a message about a job as if it had come on the stream. */
export function deliver(connection: Connection, event_id: string, data: unknown): void {
  const message = decodeMessage(JSON.stringify({ ...(data as object), event_id }));
  const session = connection.engine.sessionOf(event_id);
  connection.deliver(session ?? connection.engine.pool.own, message);
}
