/** Files of arguments: opened, and sent before a call. */

import { FileError, FileTooLargeError, GradlinkError, withFacts } from "../errors.ts";
import { readerOf } from "../protocol/bodies.ts";
import { blobOf, contentOf, isBlob, isBytes, type LocalFile } from "../protocol/filedata.ts";
import { HEAD_BYTES, suffixOf, suffixOfContent } from "../protocol/filenames.ts";
import { dataUri, isInline, isUrl, type SentContent, withFiles } from "../protocol/files.ts";
import { asNumber, asObject, decode, type JsonValue } from "../protocol/jsonvalue.ts";
import type { Bindable, Payload, Upload } from "../protocol/payload.ts";
import { named } from "../protocol/plain.ts";
import { FLOOR_BYTES_PER_SECOND, type Retries } from "../protocol/policy.ts";
import { isPrivateAddress } from "../protocol/private-hosts.ts";
import { uploadedPaths } from "../protocol/replies.ts";
import { encoded, resolve, withoutCredentials } from "../protocol/routes.ts";
import type {
  AbortSignalLike,
  BlobLike,
  ByteStream,
  FetchLike,
  RequestOptions,
  ResponseLike,
  UploadProgress,
} from "../types.ts";
import type { Connection } from "./connection.ts";
import { readEvents } from "./events.ts";
import { form } from "./multipart.ts";
import { isRedirect, MAX_REDIRECTS } from "./redirects.ts";
import type { Submission } from "./submission.ts";
import { Pace } from "./timeouts.ts";

// What is sent without a name of its own is called so.
const NAMELESS = /^(blob|file)$/;
// Files of one call travel in as many requests at once; more gain nothing on one server.
const MAX_PARALLEL_UPLOADS = 4;

/** Send the files of a job and return its data. */
export async function sendFilesOf(connection: Connection, job: Submission): Promise<JsonValue[]> {
  try {
    return await sendFilesIn(connection, job.call, { ...job.options, signal: job.signal });
  } catch (error) {
    if (error instanceof GradlinkError) withFacts(error, { execution: "not started" });
    throw error;
  }
}

/** Send the files in the data of a call and return the data. */
export async function sendFilesIn(
  connection: Connection,
  call: Payload<Bindable>,
  options: SendOptions,
): Promise<JsonValue[]> {
  const { uploads } = call;
  const { dialect } = connection.schema;
  const files = await Promise.all(
    uploads.map(async ({ file }) => await opened(connection, file, options.signal)),
  );
  const sent = files.filter((_, index) => !isInline(uploads[index] as Upload, dialect));
  const paths = sent.length ? await sendFiles(connection, sent, options) : [];
  const contents = files.map(async (file, index): Promise<SentContent> => {
    const { name, type } = file;
    if (!isInline(uploads[index] as Upload, dialect))
      return { content: paths[sent.indexOf(file)] as string, type, name };
    return { content: await dataUri(file), name };
  });
  return withFiles(call, await Promise.all(contents), dialect);
}

/** A file that is ready to be sent. */
export interface OpenFile {
  readonly name: string;
  readonly blob: BlobLike;
  readonly type: string;
}

/** How a file is opened. */
interface OpenOptions {
  readonly name: string;
  readonly signal: AbortSignalLike | undefined;
}

async function opened(
  connection: Connection,
  file: LocalFile,
  signal: AbortSignalLike | undefined,
): Promise<OpenFile> {
  const { owner, schema } = connection;
  const { source, name } = file;
  let blob: BlobLike;
  if (isBlob(source)) blob = source;
  else if (file.isAddress) blob = await fetched(connection, `${source}`, { name, signal });
  else if (typeof source === "object") blob = await collected(source, name);
  else if (owner.platform) blob = await owner.platform.open(source);
  else
    throw new FileError(`the file ${JSON.stringify(source)} cannot be read here; give a Blob, File or bytes`);
  checkSize(blob, name, schema.maxFileSize);
  const type = file.type || blob.type;
  return { name: NAMELESS.test(name) ? name + (await suffixOfBlob(blob, type)) : name, blob, type };
}

/** Return what the name of a file that has none should end with: apps go by it. */
async function suffixOfBlob(blob: BlobLike, type: string): Promise<string> {
  const head = (blob as Partial<Blob>).slice?.(0, HEAD_BYTES);
  const [kind = ""] = type.split(";");
  return (head && suffixOfContent(await contentOf(head))) || suffixOf(kind);
}

/**
 * Return what is at an address that the program wrote: of its own network, since apps refuse to fetch from there.
 *
 * Where it redirects to is somebody else's word: not to another host of a private network.
 */
async function fetched(connection: Connection, written: string, options: OpenOptions): Promise<BlobLike> {
  const { http, owner, schema } = connection;
  const pace = new Pace({ idle: connection.timeout.idle });
  for (let [step, url] = [0, written]; step < MAX_REDIRECTS; step++) {
    const shown = withoutCredentials(url);
    const isWritten = resolve(url, url)?.hostname === resolve(written, written)?.hostname;
    if (!isWritten && isPrivateAddress(url)) {
      const text = `${withoutCredentials(written)} redirects to ${shown}: another private address, which is not fetched`;
      throw new FileError(text, { url: shown });
    }
    const crossOrigin = isWritten ? undefined : owner.platform?.fetchPublic;
    const exchange = await http.open(url, {
      via: crossOrigin ?? anonymously,
      stay: true,
      signal: options.signal,
    });
    try {
      const { response } = exchange;
      const location = isRedirect(response) ? response.headers.get("location") : undefined;
      const target = location ? resolve(url, location)?.href : undefined;
      if (target && isUrl(target)) {
        url = target;
        continue;
      }
      if (!response.ok)
        throw new FileError(`${shown} answered ${response.status}`, { status: response.status });
      exchange.unlimit();
      const type = response.headers.get("content-type") ?? "";
      const reader = readerOf(response.body);
      if (!reader) return new Blob([await response.arrayBuffer()], { type });
      const parts: BlobPart[] = [];
      let size = 0;
      const paced = pace.of(reader, exchange.close);
      for (let part = await paced.read(); !part.done; part = await paced.read()) {
        const bytes = part.value ?? new Uint8Array();
        size += bytes.length;
        checkSize({ size } as BlobLike, options.name, schema.maxFileSize);
        parts.push(bytes as BlobPart);
      }
      return new Blob(parts, { type });
    } catch (error) {
      throw exchange.failure(error);
    } finally {
      exchange.close();
    }
  }
  throw new FileError(`${withoutCredentials(written)} redirects more than ${MAX_REDIRECTS} times`);
}

/** Ask without credentials of the app, or of the page. */
async function anonymously(url: string, init?: RequestOptions): Promise<ResponseLike> {
  const fetch = globalThis.fetch as FetchLike;
  const response = await fetch(url, { ...init, credentials: "omit" });
  // A browser hides where a redirect leads, and guards its own network.
  if ((response as { type?: string }).type !== "opaqueredirect") return response;
  return await fetch(url, { ...init, credentials: "omit", redirect: "follow" });
}

/** Return what a stream holds, of whichever package it is. */
async function collected(stream: object, name: string): Promise<BlobLike> {
  const parts: BlobPart[] = [];
  for await (const part of partsOf(stream)) {
    const isObject = typeof part === "object" && part;
    if (typeof part === "string") parts.push(part);
    else if (isObject && isBlob(part)) parts.push((await contentOf(part)) as BlobPart);
    else if (isObject && isBytes(part)) parts.push(blobOf(part) as Blob);
    else {
      const what = isObject ? named(part) : `a ${typeof part}`;
      throw new FileError(
        `the stream for the file ${JSON.stringify(name)} brought ${what}, no bytes and no text`,
      );
    }
  }
  return new Blob(parts);
}

async function* partsOf(stream: object): AsyncGenerator<unknown, void, undefined> {
  if (Symbol.asyncIterator in stream) yield* stream as AsyncIterable<unknown>;
  else {
    const reader = (stream as ByteStream).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  }
}

/** Throw FileTooLargeError if a file has more than `limit` bytes. */
export function checkSize(blob: BlobLike, name: string, limit: number | null | undefined): void {
  if (limit == null || blob.size <= limit) return;
  throw new FileTooLargeError(
    `the file ${JSON.stringify(name)} has ${blob.size} bytes, the app takes ${limit}`,
    {
      execution: "not started",
    },
  );
}

/** How files are sent. */
export interface SendOptions {
  readonly headers?: Record<string, string>;
  readonly retries: Retries;
  readonly signal?: AbortSignalLike;
  readonly upload_id?: string | undefined;
  readonly onUploadProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** Send files, several at once; return the server's paths in the order given. */
export async function sendFiles(
  connection: Connection,
  files: OpenFile[],
  options: SendOptions,
): Promise<string[]> {
  const { onUploadProgress: report } = options;
  const total = bytesOf(files);
  const loaded: number[] = [];
  const size = Math.ceil(files.length / MAX_PARALLEL_UPLOADS);
  const groups: Promise<string[]>[] = [];
  for (let start = 0; start < files.length; start += size) {
    const index = groups.length;
    const onBytes = (bytes: number) => {
      loaded[index] = bytes;
      const sum = loaded.reduce((before, part) => before + (part ?? 0), 0);
      report?.({ loaded: Math.min(total, sum), total });
    };
    groups.push(sendGroup(connection, files.slice(start, start + size), options, report && onBytes));
  }
  return (await Promise.all(groups)).flat();
}

async function sendGroup(
  { http, routes, timeout }: Connection,
  files: OpenFile[],
  options: SendOptions,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<string[]> {
  const { retries, signal, headers } = options;
  const { connect } = timeout;
  // fetch does not tell how far it has come: what a file may take follows from its size.
  const seconds = connect === null ? null : connect + bytesOf(files) / FLOOR_BYTES_PER_SECOND;
  const upload_id = options.upload_id ?? (onBytes && crypto.getRandomValues(new Uint32Array(2)).join(""));
  const query = upload_id ? `?upload_id=${encoded(upload_id)}` : "";
  const once = async () => {
    const sent = await form(files.map(({ blob, name }) => ["files", blob, name]));
    const sending = http.exchange(`${routes.api}upload${query}`, {
      method: "POST",
      body: sent.body,
      headers: { ...headers, ...sent.headers },
      signal,
      seconds,
    });
    const watching = new AbortController();
    if (onBytes) {
      let bytes = 0;
      const take = (data: string) => {
        const { msg, chunk_size } = asObject(decode(data, "the progress of an upload"));
        bytes += asNumber(chunk_size) ?? 0;
        if (msg === "update") onBytes(bytes);
        return msg !== "done";
      };
      // The server counts what has come; where it does not, only the end is reported.
      const url = `${routes.api}upload_progress${query}`;
      readEvents(http, url, { take, signal: watching.signal }).catch(() => {});
    }
    try {
      return uploadedPaths(await sending, files.length);
    } finally {
      watching.abort();
    }
  };
  const paths = await http.retrying(retries, once, "reading", () => signal);
  onBytes?.(bytesOf(files));
  return paths;
}

function bytesOf(files: OpenFile[]): number {
  return files.reduce((sum, { blob }) => sum + blob.size, 0);
}
