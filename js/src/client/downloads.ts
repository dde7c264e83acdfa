/** Files of results: fetched when they are read. */

import { DownloadInterruptedError, FileError, FileTooLargeError, JobTimeoutError } from "../errors.ts";
import { readerOf, readReply } from "../protocol/bodies.ts";
import { contentUri, mediaType, uriContent } from "../protocol/datauri.ts";
import { isBlob } from "../protocol/filedata.ts";
import { fileName } from "../protocol/files.ts";
import { asObject, asText, type JsonObject } from "../protocol/jsonvalue.ts";
import { isRetryableRead } from "../protocol/policy.ts";
import { isPrivateAddress } from "../protocol/private-hosts.ts";
import { replyError } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { AbortSignalLike, BlobLike, FetchBlob, FetchLike, FetchStream } from "../types.ts";
import type { Connection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { login } from "./login.ts";
import { Pace } from "./timeouts.ts";

/** Return `file` if it names a file of an app. Throws FileError for anything else, content that is here included. */
export function readable(file: unknown): JsonObject {
  const { path, name, url } = asObject(file);
  if ([path, name, url].some((one) => typeof one === "string" && one) && !isBlob(file)) return asObject(file);
  throw new FileError("client.read() takes a file of a result: an object with its path and url");
}

/** A file of the app; `client.read()` makes it, and nothing is fetched before one of its methods is called. */
export class RemoteFile {
  readonly #connection: Connection;
  readonly #file: JsonObject;

  constructor(connection: Connection, file: JsonObject) {
    this.#connection = connection;
    this.#file = file;
  }

  #chunks(typed?: (type: string) => void): AsyncGenerator<Uint8Array, void, undefined> {
    return chunks(this.#connection, this.#file, typed);
  }

  /** Read the file. */
  async blob(): Promise<FetchBlob> {
    const parts: BlobPart[] = [];
    let type = asText(this.#file["mime_type"]) ?? "";
    const typed = (found: string) => {
      type ||= found;
    };
    for await (const part of this.#chunks(typed)) parts.push(part as BlobPart);
    return new Blob(parts, { type }) as FetchBlob;
  }

  /** Read the file as text. */
  async text(): Promise<string> {
    return await ((await this.blob()) as BlobLike).text();
  }

  /** Read the file bit by bit. */
  stream(): FetchStream {
    const source = this.#chunks();
    const stream = new ReadableStream({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return(undefined);
      },
    });
    return stream as FetchStream;
  }

  /** Store the file at a path of this machine (Node, Deno, Bun). */
  async save(path: string): Promise<void> {
    const { platform } = this.#connection.owner;
    if (!platform)
      throw new FileError("files can be stored by path in Node, Deno and Bun only; use blob() or stream()");
    await platform.save(path, this.#chunks());
  }
}

/**
 * Yield the bytes of a file; an interrupted download goes on where it broke.
 *
 * Headers and cookies go to the app's own origin only. A file is not fetched from an address of this machine or a
 * private network, unless the app itself lives there: an app must not make its callers ask their own network for it.
 */
async function* chunks(
  connection: Connection,
  file: JsonObject,
  typed?: (type: string) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { http, retries, owner, timeout } = connection;
  const url = connection.fileUrl(file);
  const shown = contentUri(file) ? fileName(file) : withoutCredentials(url);
  const limit = owner.options.max_download ?? Number.POSITIVE_INFINITY;
  const check = (bytes: number) => {
    if (bytes <= limit) return;
    throw new FileTooLargeError(`the file ${shown} has more than max_download=${limit} bytes`, {
      url: shown,
    });
  };
  if (contentUri(file)) {
    // Its content came with it.
    const content = uriContent(url);
    check(content.length);
    typed?.(mediaType(url));
    yield content;
    return;
  }
  const isGuarded = !http.owns(url) && !isPrivateAddress(http.base);
  if (isGuarded && isPrivateAddress(url)) {
    const text = `the app names ${shown} as a file of its result: a private address, which is not fetched`;
    throw new FileError(text, { url: shown });
  }
  // A fetch of the program's own knows best how to reach other hosts.
  const via = isGuarded && !owner.hasOwnFetch ? owner.platform?.fetchPublic : undefined;
  const pace = new Pace({
    ...timeout,
    late: () => {
      const text = `reading ${shown} took over ${timeout.total} s (the limit is timeout.total)`;
      return new JobTimeoutError(text, { url: shown, phase: "total", seconds: timeout.total as number });
    },
  });
  const stop = new AbortController();
  let received = 0;
  let version: string | null = null;
  for (let failed = 0; ; ) {
    const once = () => ask(connection, url, { received, version, signal: stop.signal, via });
    const exchange = await pace.opening(
      () => http.retrying(retries, once, "reading", () => stop.signal),
      () => stop.abort(),
    );
    const { response } = exchange;
    exchange.unlimit();
    try {
      const etag = response.headers.get("etag");
      if (received && version !== etag) {
        const text = `the download of ${shown} broke after ${received} bytes, and the file has changed since`;
        throw new DownloadInterruptedError(text, { url: shown, received });
      }
      version = etag;
      typed?.(response.headers.get("content-type") ?? "");
      // A server that knows no ranges sends all of it once more.
      let skip = response.status === 206 ? 0 : received;
      // What is compressed says how long it is then.
      if (!response.headers.get("content-encoding"))
        check(received - skip + Number(response.headers.get("content-length")));
      const reader = readerOf(response.body);
      const read = async () => await pace.during(async () => await reader?.read(), exchange.close);
      for (let part = await read(); part && !part.done; part = await read()) {
        const whole = part.value ?? new Uint8Array();
        const bytes = whole.subarray(skip);
        skip = Math.max(0, skip - whole.length);
        received += bytes.length;
        check(received);
        // One that brings a byte each time would be asked again for ever.
        if (pace.progress(whole.length)) failed = 0;
        if (bytes.length) yield bytes;
      }
      return;
    } catch (error) {
      if (error instanceof DownloadInterruptedError || error instanceof FileTooLargeError) throw error;
      const cause = exchange.failure(error);
      failed += 1;
      if (http.closed || (isRetryableRead(cause) && failed > retries.count)) {
        const text = `the download of ${shown} broke after ${received} bytes: ${cause.message}`;
        throw new DownloadInterruptedError(text, { url: shown, cause, attempts: failed, received });
      }
      if (!isRetryableRead(cause)) throw cause;
    } finally {
      exchange.close();
    }
  }
}

/** How a file is asked for. */
interface Asking {
  /** Bytes that are there already, and of which version. */
  readonly received: number;
  readonly version: string | null;
  readonly signal: AbortSignalLike;
  readonly via: FetchLike | undefined;
}

/** Ask for a file, from the byte where it broke, unless it has another version by now. */
async function ask(
  { http }: Connection,
  url: string,
  { received, version, signal, via }: Asking,
): Promise<Exchange> {
  const headers: Record<string, string> = received ? { range: `bytes=${received}-` } : {};
  if (received && version !== null) headers["if-range"] = version;
  for (let attempt = 0; ; attempt++) {
    const exchange = await http.open(url, { headers, signal, via });
    if (exchange.response.ok) return exchange;
    const [reply] = await readReply(exchange.response, url).finally(exchange.close);
    if (reply.status !== 401 || attempt || !http.auth || !http.owns(url)) throw replyError(reply, "the file");
    await login(http, signal);
  }
}
