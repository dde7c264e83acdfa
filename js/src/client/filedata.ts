/** Files of results, and of arguments. */

import { FileError } from "../errors.ts";
import { isBlob, META } from "../protocol/filedata.ts";
import { asObject, asText, isObject, type JsonObject } from "../protocol/jsonvalue.ts";
import type { BlobLike, FetchBlob, FetchStream } from "../types.ts";
import type { Connection } from "./connection.ts";
import { chunks } from "./files.ts";

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
    const parts: ArrayBuffer[] = [];
    let type = asText(this.#file["mime_type"]) ?? "";
    const typed = (found: string) => {
      type ||= found;
    };
    for await (const part of this.#chunks(typed)) parts.push(part as unknown as ArrayBuffer);
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
    return stream as unknown as FetchStream;
  }

  /** Store the file at a path of this machine (Node, Deno, Bun). */
  async save(path: string): Promise<void> {
    const { platform } = this.#connection.owner;
    if (!platform)
      throw new FileError("files can be stored by path in Node, Deno and Bun only; use blob() or stream()");
    await platform.save(path, this.#chunks());
  }
}
